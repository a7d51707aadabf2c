import { describe, expect, it, vi } from 'vitest';

import { A_DAY, createRateLimits, IN_LINE, PER_MINUTE } from '#app/access/rate-limits.ts';

async function statusOf(asking: Promise<void>): Promise<number> {
  return asking.then(
    () => 200,
    (thrown: unknown) => (thrown instanceof Response ? thrown.status : 0),
  );
}

describe('rate limits', () => {
  it('leave room for several open pages of one staff member', () => {
    const liveQuestionsPerMinute = 60_000 / 800;
    expect(PER_MINUTE.staff / liveQuestionsPerMinute).toBeGreaterThanOrEqual(10);
  });

  it('stop who asks too much, say for how long, and nobody else', async () => {
    const limits = createRateLimits({ staff: 3, visitor: 2 });
    const statuses = [];
    for (let index = 0; index < 5; index += 1) statuses.push(await statusOf(limits.staff('a.myshopify.com', '1')));
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    expect(await statusOf(limits.staff('a.myshopify.com', '2'))).toBe(200);
    expect(await statusOf(limits.staff('b.myshopify.com', '1'))).toBe(200);
    const refused: unknown = await limits.staff('a.myshopify.com', '1').catch((thrown: unknown) => thrown);
    expect(Number((refused as Response).headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('count visitors by where they come from', async () => {
    const limits = createRateLimits({ staff: 3, visitor: 1 });
    expect(await statusOf(limits.visitor('192.0.2.1'))).toBe(200);
    expect(await statusOf(limits.visitor('192.0.2.1'))).toBe(429);
    expect(await statusOf(limits.visitor('192.0.2.2'))).toBe(200);
  });

  it('count requests by the shop that is named, and let nobody use up its share alone', async () => {
    const limits = createRateLimits();
    const namedShop = (shop: string, from: string) => limits.namedShop(shop, from);
    const fromOne = Array.from({ length: 10 }, () => namedShop('a.myshopify.com', '192.0.2.1'));
    expect((await Promise.all(fromOne)).filter(Boolean)).toHaveLength(A_DAY.namedShopFromOneAddress);
    const fromMany = Array.from({ length: 40 }, (_, at) => namedShop('a.myshopify.com', `198.51.100.${String(at)}`));
    const taken = (await Promise.all(fromMany)).filter(Boolean);
    expect(taken).toHaveLength(A_DAY.namedShop - A_DAY.namedShopFromOneAddress);
    expect(await namedShop('b.myshopify.com', '192.0.2.1')).toBe(true);
  });

  it('let heavy work of one kind and shop be done one after the other, and no longer a line', async () => {
    const limits = createRateLimits();
    const gates: PromiseWithResolvers<undefined>[] = [];
    let running = 0;
    const started: string[] = [];
    const ask = (shopId: string, name: string) =>
      limits.inTurn('log-verification', shopId, async () => {
        started.push(name);
        running += 1;
        expect(running).toBe(1);
        const gate = Promise.withResolvers<undefined>();
        gates.push(gate);
        await gate.promise;
        running -= 1;
        if (name === '0') throw new Error('went wrong');
        return name;
      });
    const all = ['0', '1', '2'].map((name) => ask('a', name));
    const settled = Promise.allSettled(all);
    expect(all).toHaveLength(IN_LINE + 1);
    expect(await statusOf(ask('a', 'late').then(() => undefined))).toBe(429);
    // Another shop, and other work, do not stand in that line.
    expect(await limits.inTurn('log-verification', 'b', async () => 'b')).toBe('b');
    expect(await limits.inTurn('retention-preview', 'a', async () => 'preview')).toBe('preview');
    for (let turn = 0; turn < all.length; turn += 1) {
      await vi.waitFor(() => expect(gates).toHaveLength(turn + 1));
      gates[turn]!.resolve(undefined);
    }
    expect((await settled).map((one) => (one.status === 'fulfilled' ? one.value : 'failed'))).toEqual([
      'failed',
      '1',
      '2',
    ]);
    expect(started).toEqual(['0', '1', '2']);
    const again = ask('a', '3');
    await vi.waitFor(() => expect(gates).toHaveLength(4));
    gates[3]!.resolve(undefined);
    expect(await again).toBe('3');
  });
});
