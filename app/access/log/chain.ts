import { createHash } from 'node:crypto';

import { lengthPrefixed } from '#app/vault/length-prefix.ts';

/** A record as it stands in its chain. */
export interface ChainRecord {
  readonly shopId: string;
  /** 1, 2, 3 … without a gap. */
  readonly seq: bigint;
  /** By the clock of the program that wrote it. */
  readonly at: Date;
  /** By the clock of the database. */
  readonly recordedAt: Date;
  readonly actor: string;
  readonly purpose: string;
  readonly page: string;
  readonly outcome: string;
  readonly reason: string | null;
  readonly aboutShop: string | null;
  readonly fields: readonly string[];
  readonly subjects: readonly Uint8Array[];
  readonly peopleCount: number | null;
  readonly valueCount: number;
  readonly requestId: string;
  readonly previousHash: Uint8Array;
  readonly hash: Uint8Array;
}

/** A place in a chain: a record's number and its hash. Number 0 is the start, before the first record. */
export interface Link {
  readonly seq: bigint;
  readonly hash: Uint8Array;
}

/** What the first record of a shop's chain hangs on; another one for every shop. */
export function chainStart(shopId: string): Link {
  return { seq: 0n, hash: sha256(lengthPrefixed(['cart-insights/access-chain/v1', shopId])) };
}

/**
 * The hash of a record: SHA-256 over everything it says, its number and the hash of the record before it.
 *
 *     LP(domain) ‖ LP(shop) ‖ LP(number) ‖ LP(previous hash) ‖ LP(at) ‖ LP(recorded at) ‖ LP(actor) ‖ LP(purpose) ‖ LP(page)
 *       ‖ LP(outcome) ‖ LP(reason) ‖ LP(about shop) ‖ LP(LP(field) …) ‖ LP(LP(subject) …) ‖ LP(people) ‖ LP(values) ‖ LP(request)
 *
 * Every part stands behind its length, so that nothing can move from one part to the next unnoticed. Times are milliseconds
 * since 1970, numbers their decimal digits; what is missing is empty, which nothing that is there can be. The database
 * computes the same when it appends (app.access_record_hash); neither trusts the other.
 */
export function recordHash(record: Omit<ChainRecord, 'hash'>): Buffer {
  return sha256(
    lengthPrefixed([
      'cart-insights/access-record/v1',
      record.shopId,
      String(record.seq),
      record.previousHash,
      String(record.at.getTime()),
      String(record.recordedAt.getTime()),
      record.actor,
      record.purpose,
      record.page,
      record.outcome,
      record.reason ?? '',
      record.aboutShop ?? '',
      lengthPrefixed(record.fields),
      lengthPrefixed(record.subjects),
      record.peopleCount === null ? '' : String(record.peopleCount),
      String(record.valueCount),
      record.requestId,
    ]),
  );
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
