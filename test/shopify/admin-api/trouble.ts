import type { Answer } from './answer.ts';

/** Ways in which the Admin API can go wrong; see the README's table. */
const TROUBLES = ['throttled', 'too-many', 'server-error', 'slow', 'broken-json', 'denied', 'hang-up'] as const;
export type Trouble = (typeof TROUBLES)[number];
export type TroubleTarget = 'graphql' | 'token';

export interface TroubleMaker {
  /** The next `times` requests of that shop and kind go wrong. */
  next(shop: string, trouble: Trouble, options?: { times?: number; on?: TroubleTarget }): void;
  /** The trouble that strikes this request, if any. */
  take(shop: string, target: TroubleTarget): Trouble | null;
}

const SENTINEL = new RegExp(`^trouble-(${TROUBLES.join('|')})(?:-|\\.)`);

/** A shop called `trouble-<kind>…` has that trouble with every GraphQL request. */
export function createTroubleMaker(): TroubleMaker {
  const waiting: Array<{ shop: string; trouble: Trouble; on: TroubleTarget }> = [];
  return {
    next: (shop, trouble, { times = 1, on = 'graphql' } = {}) => {
      for (let i = 0; i < times; i++) waiting.push({ shop, trouble, on });
    },
    take: (shop, target) => {
      const index = waiting.findIndex((entry) => entry.shop === shop && entry.on === target);
      if (index >= 0) return waiting.splice(index, 1)[0]?.trouble ?? null;
      const sentinel = target === 'graphql' ? SENTINEL.exec(shop)?.[1] : undefined;
      return TROUBLES.find((trouble) => trouble === sentinel) ?? null;
    },
  };
}

const graphqlError = (message: string, code: string): Answer => ({
  status: 200,
  body: { errors: [{ message, extensions: { code } }] },
});

/** The wrong answer itself; null for trouble that is not an answer (slow, broken-json, hang-up). */
export function troubleAnswer(trouble: Trouble): Answer | null {
  switch (trouble) {
    case 'throttled':
      return graphqlError('Throttled', 'THROTTLED');
    case 'denied':
      return graphqlError('Access denied for this field.', 'ACCESS_DENIED');
    case 'too-many':
      return { status: 429, body: { errors: 'Exceeded the rate limit' }, headers: { 'retry-after': '1' } };
    case 'server-error':
      return { status: 500, body: { errors: 'Internal Server Error' } };
    default:
      return null;
  }
}
