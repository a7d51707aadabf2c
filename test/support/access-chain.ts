import { createHash } from 'node:crypto';

import { chainStart, type ChainRecord, type Link, recordHash } from '#app/access/log/chain.ts';

/** Bytes that look random and are the same at every run. */
function bytesOf(seed: string, length: number): Buffer {
  return createHash('shake256', { outputLength: length }).update(seed).digest();
}

/** A record hung on another one. */
export function hangOn(last: Link, record: Omit<ChainRecord, 'seq' | 'previousHash' | 'hash'>): ChainRecord {
  const unhashed = { ...record, seq: last.seq + 1n, previousHash: last.hash };
  return { ...unhashed, hash: recordHash(unhashed) };
}

/** A chain of records as a day of work leaves them. `firstAt` is when the first was recorded; a minute lies between two. */
export function makeChain(
  shopId: string,
  length: number,
  firstAt = new Date('2026-11-01T08:00:00.000Z'),
): ChainRecord[] {
  const records: ChainRecord[] = [];
  let last: Link = chainStart(shopId);
  for (let n = 0; n < length; n += 1) {
    const recordedAt = new Date(firstAt.getTime() + n * 60_000);
    const record = hangOn(last, {
      shopId,
      at: new Date(recordedAt.getTime() - (n % 7)),
      recordedAt,
      actor: `staff:${bytesOf(`actor ${String(n % 5)}`, 16).toString('hex')}`,
      purpose: n % 3 === 0 ? 'customer-service' : 'cart-activity',
      page: n % 3 === 0 ? 'person' : 'cart',
      outcome: n % 50 === 49 ? 'failed' : 'opened',
      reason: n % 10 === 0 ? 'asked-by-customer' : null,
      aboutShop: null,
      fields: ['app.cart_states.sealed.lines', 'app.people.sealed.firstName'].slice(0, 1 + (n % 2)),
      subjects: Array.from({ length: n % 4 }, (_, k) => bytesOf(`subject ${String(n)} ${String(k)}`, 16)),
      peopleCount: n % 2 === 0 ? null : n % 4,
      valueCount: n % 9,
      requestId: bytesOf(`request ${String(n)}`, 8).toString('hex'),
    });
    records.push(record);
    last = record;
  }
  return records;
}
