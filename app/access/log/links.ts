import { chainStart, type ChainRecord, type Link, recordHash } from '#app/access/log/chain.ts';

/**
 * - `altered`: a record does not say what its hash was made of.
 * - `out-of-place`: a record does not hang on the one before it.
 * - `missing`: records that were there are not, in the middle or at the end.
 * - `unaccounted`: records beyond the head of the chain, which the app did not append.
 * - `head`: the last record is not the one the head names.
 * - `signed-otherwise`: a signed checkpoint names another hash for this record.
 * - `unsigned`: a checkpoint or the end of a retired segment whose signature is not ours, or says something else.
 * - `unguarded`: a trigger, grant, policy or function that keeps the log is gone or changed.
 */
export type FaultCode =
  'altered' | 'out-of-place' | 'missing' | 'unaccounted' | 'head' | 'signed-otherwise' | 'unsigned' | 'unguarded';

export interface Fault {
  readonly code: FaultCode;
  /** Number of the record it begins with; null where it is about no record. */
  readonly seq: bigint | null;
  /** What of the database, for `unguarded`. */
  readonly what?: string;
}

/** More are counted, not listed: after the first few, more tell nothing. */
const FAULTS_LISTED = 50;

/**
 * Walks a chain record by record, oldest first, and says what is wrong with it. Pure: knows nothing of a database.
 *
 * Hashes alone find every change by somebody who does not compute the hashes anew. Whoever does, is found by `marks`: links
 * that were signed, or kept elsewhere, while the chain was younger.
 */
export class LinkCheck {
  readonly #faults: Fault[] = [];
  readonly #shopId: string;
  readonly #marks: ReadonlyMap<bigint, readonly Uint8Array[]>;
  #last: Link;
  #records = 0n;
  #faultCount = 0;

  /** @param start the end of the newest retired segment, or the start of the chain. */
  constructor(shopId: string, start: Link | null, marks: readonly Link[] = []) {
    this.#shopId = shopId;
    this.#last = start ?? chainStart(shopId);
    this.#marks = groupBySeq(marks.filter(({ seq }) => seq > this.#last.seq));
  }

  /** The next record there is. */
  add(record: ChainRecord): void {
    const expected = this.#last.seq + 1n;
    if (record.seq > expected) this.#fault('missing', expected);
    else if (record.seq < expected || !same(record.previousHash, this.#last.hash)) {
      this.#fault('out-of-place', record.seq);
    }
    if (record.shopId !== this.#shopId || !same(recordHash(record), record.hash)) this.#fault('altered', record.seq);
    for (const hash of this.#marks.get(record.seq) ?? []) {
      if (!same(hash, record.hash)) this.#fault('signed-otherwise', record.seq);
    }
    this.#last = { seq: record.seq, hash: record.hash };
    this.#records += 1n;
  }

  /** A fault that was found elsewhere. */
  addFault(fault: Fault): void {
    this.#faultCount += 1;
    if (this.#faults.length < FAULTS_LISTED) this.#faults.push(fault);
  }

  /** @param head what the database says is the newest link; null when it knows no chain of this shop. */
  finish(head: Link | null): { faults: Fault[]; faultCount: number; records: bigint; last: Link } {
    const headSeq = head?.seq ?? 0n;
    if (this.#last.seq < headSeq) this.#fault('missing', this.#last.seq + 1n);
    else if (this.#last.seq > headSeq) this.#fault('unaccounted', headSeq + 1n);
    else if (head !== null && !same(head.hash, this.#last.hash)) this.#fault('head', headSeq);
    for (const seq of this.#marks.keys()) {
      if (seq > this.#last.seq && seq > headSeq) this.#fault('missing', this.#last.seq + 1n);
    }
    return { faults: this.#faults, faultCount: this.#faultCount, records: this.#records, last: this.#last };
  }

  #fault(code: FaultCode, seq: bigint): void {
    this.addFault({ code, seq });
  }
}

function groupBySeq(marks: readonly Link[]): ReadonlyMap<bigint, readonly Uint8Array[]> {
  const groups = new Map<bigint, Uint8Array[]>();
  for (const { seq, hash } of marks) groups.set(seq, [...(groups.get(seq) ?? []), hash]);
  return groups;
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
