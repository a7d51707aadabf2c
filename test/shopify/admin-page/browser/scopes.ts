import type { ScopesAnswer, ScopesQuestion } from '../../app-bridge/messages.ts';
import type { ScopesDetail } from '../../granted-scopes.ts';
import { wordsOfScope } from '../scope-words.ts';
import { call, type Store } from './store.ts';

/** Answers what the app asks about its scopes. Nothing optional is granted before the merchant has said yes. */
export async function answerScopes(shop: Store, { act, scopes }: ScopesQuestion): Promise<ScopesAnswer> {
  const detail = (await call(shop, 'scopes')) as ScopesDetail;
  if (act === 'query') return { detail };
  const undeclared = scopes.filter((scope) => !detail.optional.includes(scope));
  if (undeclared.length > 0) return { error: `Not among the app's optional scopes: ${undeclared.join(', ')}` };
  const change = async (granted: readonly string[]) => (await call(shop, 'scopes', { granted })) as ScopesDetail;
  if (act === 'revoke') return { detail: await change(detail.granted.filter((scope) => !scopes.includes(scope))) };
  const missing = scopes.filter((scope) => !detail.granted.includes(scope));
  if (missing.length === 0) return { result: 'granted-all', detail };
  if (!(await isAllowed(missing))) return { result: 'declined-all', detail };
  return { result: 'granted-all', detail: await change([...detail.granted, ...missing]) };
}

/** Asks the merchant in a dialog over the admin; closing it by whatever way but the button is a no. */
function isAllowed(scopes: readonly string[]): Promise<boolean> {
  const dialog = document.createElement('dialog');
  dialog.className = 'permission';
  const heading = document.createElement('h2');
  heading.textContent = 'Cart Insights asks for more permissions';
  heading.id = 'permission-title';
  dialog.setAttribute('aria-labelledby', heading.id);
  const list = document.createElement('ul');
  for (const scope of scopes) {
    const item = document.createElement('li');
    const code = document.createElement('code');
    code.textContent = scope;
    item.append(`${wordsOfScope(scope)} `, code);
    list.append(item);
  }
  const form = document.createElement('form');
  form.method = 'dialog';
  for (const [value, label] of [
    ['', 'Cancel'],
    ['allow', 'Allow'],
  ] as const) {
    const button = document.createElement('button');
    button.className = value === '' ? 'button' : 'button primary';
    button.value = value;
    button.textContent = label;
    form.append(button);
  }
  dialog.append(heading, list, form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'allow');
    });
  });
}
