import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { type AdminOperation, createAdminApi } from '#app/shopify/admin.ts';

const SHOP = '019a0000-0000-7000-8000-000000000001';
const operation: AdminOperation<{ first: number }, { shop: { name: string } }> = {
  name: 'Probe',
  query: 'query Probe { shop { name } }',
  data: z.object({ shop: z.object({ name: z.string() }) }),
};
const good = () => Response.json({ data: { shop: { name: 'A', extra: 1 } } });
const throttled = () =>
  Response.json({
    errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }],
    extensions: { cost: { requestedQueryCost: 500, throttleStatus: { currentlyAvailable: 100, restoreRate: 100 } } },
  });
const graphqlError = (code?: string) => () =>
  Response.json({ data: null, errors: [{ message: 'no', extensions: { code } }] });
const status =
  (code: number, headers: Record<string, string> = {}) =>
  () =>
    new Response('x', { status: code, headers });
const lost = () => {
  throw new TypeError('fetch failed');
};

/** An API whose calls are answered in turn, the last answer over and over. */
function apiWith(...answers: (() => Response)[]) {
  const waits: number[] = [];
  const requests: Request[] = [];
  const api = createAdminApi({
    tokens: { get: async () => ({ domain: 'a.myshopify.com', accessToken: 'token-1' }) },
    fetch: async (input, init) => {
      requests.push(new Request(input, init));
      const answer = answers[Math.min(requests.length, answers.length) - 1];
      if (answer === undefined) throw new Error('nothing to answer');
      return answer();
    },
    wait: async (delayMs) => {
      waits.push(delayMs);
    },
  });
  return { run: () => api.run(SHOP, operation, { first: 1 }), waits, requests };
}

describe('the Admin API', () => {
  it('asks the shop with its token and returns the shape we rely on', async () => {
    const { run, requests } = apiWith(good);
    expect(await run()).toEqual({ shop: { name: 'A' } });
    const [request] = requests;
    expect(request?.url).toBe('https://a.myshopify.com/admin/api/2026-10/graphql.json');
    expect(request?.headers.get('x-shopify-access-token')).toBe('token-1');
    expect(await request?.json()).toEqual({
      query: operation.query,
      variables: { first: 1 },
      operationName: 'Probe',
    });
  });

  it('waits until the bucket holds what the query costs', async () => {
    const { run, waits } = apiWith(throttled, good);
    await run();
    expect(waits).toEqual([4_000]);
  });

  it('waits as long as Retry-After says', async () => {
    const { run, waits } = apiWith(status(429, { 'retry-after': '3' }), good);
    await run();
    expect(waits).toEqual([3_000]);
  });

  it.each(['Wed, 21 Oct 2026 07:28:00 GMT', '-1', ''])('waits by itself when Retry-After says %j', async (text) => {
    const { run, waits } = apiWith(status(429, { 'retry-after': text }), good);
    await run();
    expect(waits[0]).toBeGreaterThan(100);
  });

  it('tries the token that has taken the place of one which is refused, and no token twice', async () => {
    const used: string[] = [];
    const stored = ['old', 'new', 'new'];
    const api = createAdminApi({
      tokens: { get: async () => ({ domain: 'a.myshopify.com', accessToken: stored.shift() ?? 'new' }) },
      fetch: async (input, init) => {
        const token = new Request(input, init).headers.get('x-shopify-access-token') ?? '';
        used.push(token);
        return token === 'old' ? status(401)() : good();
      },
    });
    expect(await api.run(SHOP, operation, { first: 1 })).toEqual({ shop: { name: 'A' } });
    expect(used).toEqual(['old', 'new']);
  });

  it.each([
    ['502', status(502)],
    ['a lost connection', lost],
    ['INTERNAL_SERVER_ERROR', graphqlError('INTERNAL_SERVER_ERROR')],
  ])('tries again after %s, waiting longer each time', async (_, failure) => {
    const { run, waits } = apiWith(failure, failure, failure, good);
    expect(await run()).toEqual({ shop: { name: 'A' } });
    expect(waits).toHaveLength(3);
    expect(waits[2]).toBeGreaterThan(waits[0] ?? Infinity);
  });

  it.each([
    ['shopify.unreachable', status(500)],
    ['shopify.throttled', throttled],
  ])('gives up with %s after five tries', async (code, failure) => {
    const { run, requests } = apiWith(failure);
    await expect(run()).rejects.toMatchObject({ code });
    expect(requests).toHaveLength(5);
  });

  it.each([
    ['shopify.refused', status(401)],
    ['shopify.refused', status(404)],
    ['shopify.refused', graphqlError('ACCESS_DENIED')],
    ['shopify.answer', graphqlError()],
    ['shopify.answer', () => Response.json({ data: { shop: { name: 7 } } })],
    ['shopify.answer', () => Response.json([])],
  ])('fails at once with %s where trying again is of no use', async (code, failure) => {
    const { run, requests } = apiWith(failure);
    await expect(run()).rejects.toMatchObject({ code });
    expect(requests).toHaveLength(1);
  });

  it('asks nothing for a shop without a token', async () => {
    const api = createAdminApi({
      tokens: { get: async () => null },
      fetch: () => {
        throw new Error('asked');
      },
    });
    await expect(api.run(SHOP, operation, { first: 1 })).rejects.toMatchObject({ code: 'shopify.no-access' });
  });
});
