import { record } from './calls.ts';
import { onAdmin, tellAdmin } from './host.ts';
import type { ScopesAnswer, ScopesQuestion } from './messages.ts';

let lastRequest = 0;
const waiting = new Map<number, (answer: ScopesAnswer) => void>();
onAdmin((message) => {
  if (message.type !== 'scopes') return;
  waiting.get(message.request)?.(message.answer);
  waiting.delete(message.request);
});

/** The admin page knows what is granted, and asks the merchant for what is not. */
async function ask(question: ScopesQuestion): Promise<Exclude<ScopesAnswer, { error: string }>> {
  const request = ++lastRequest;
  const answer = await new Promise<ScopesAnswer>((resolve) => {
    waiting.set(request, resolve);
    tellAdmin({ type: 'scopes', request, question });
  });
  if ('error' in answer) throw new Error(answer.error);
  return answer;
}

/** `shopify.scopes`. */
export const scopes = {
  query: async () => {
    record('scopes.query');
    return (await ask({ act: 'query', scopes: [] })).detail;
  },
  request: (wanted: readonly string[]) => {
    record('scopes.request', wanted);
    return ask({ act: 'request', scopes: wanted });
  },
  revoke: (unwanted: readonly string[]) => {
    record('scopes.revoke', unwanted);
    return ask({ act: 'revoke', scopes: unwanted });
  },
};
