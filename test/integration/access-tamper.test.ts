/** Whatever is done to a chain of access records, verification finds it: at every position, in every field. */
import { describe, expect, it } from 'vitest';

import { chainStart, type ChainRecord, type Link } from '#app/access/log/chain.ts';
import { type FaultCode, LinkCheck } from '#app/access/log/links.ts';
import { hangOn, makeChain } from '#test/support/access-chain.ts';

const SHOP = '0191aaaa-0000-7000-8000-000000000001';
const OTHER_SHOP = '0191aaaa-0000-7000-8000-000000000002';
/** Verified from end to end after each change. */
const WHOLE = 100;
/** Verified around each change: `npm run test:long -- audit-chain`. */
const LONG = Number(process.env['LONG_SEEDS'] ?? 400);

/** What somebody may do to the records from position `at` on, without computing hashes. */
const CHANGES: Readonly<Record<string, (records: ChainRecord[], at: number) => void>> = {
  'drop one': (records, at) => records.splice(at, 1),
  'drop three': (records, at) => records.splice(at, 3),
  'swap two': (records, at) => {
    const [one, two] = [records[at], records[at + 1]];
    if (one === undefined || two === undefined) records.splice(at, 1);
    else records.splice(at, 2, { ...two, seq: one.seq }, { ...one, seq: two.seq });
  },
  'swap two with their numbers': (records, at) => {
    const [one, two] = [records[at], records[at + 1]];
    if (one === undefined || two === undefined) records.splice(at, 1);
    else records.splice(at, 2, two, one);
  },
  'say one twice': (records, at) => records.splice(at, 0, records[at]!),
  'insert a copy and count on': (records, at) => {
    const copy = records[at]!;
    records.splice(at, 0, copy);
    for (let n = at + 1; n < records.length; n += 1) records[n] = { ...records[n]!, seq: records[n]!.seq + 1n };
  },
  'insert one of another shop': (records, at) => {
    records.splice(at, 1, { ...makeChain(OTHER_SHOP, 1)[0]!, seq: records[at]!.seq });
  },
  'insert one with a good hash of its own': (records, at) => {
    const before = records[at - 1] ?? chainStart(SHOP);
    records.splice(at, 0, hangOn(before, { ...records[at]!, page: 'another' }));
  },
  'replace one and compute its hash anew': (records, at) => {
    records[at] = hangOn(records[at - 1] ?? chainStart(SHOP), { ...records[at]!, valueCount: 0, page: 'another' });
  },
};

/** Every field of a record, changed a little. */
const EDITS: readonly ((record: ChainRecord) => Partial<ChainRecord>)[] = [
  (r) => ({ at: new Date(r.at.getTime() + 1) }),
  (r) => ({ recordedAt: new Date(r.recordedAt.getTime() - 1) }),
  (r) => ({ actor: `${r.actor.slice(0, -1)}${r.actor.endsWith('0') ? '1' : '0'}` }),
  (r) => ({ purpose: `${r.purpose}s` }),
  (r) => ({ page: r.page === 'cart' ? 'person' : 'cart' }),
  (r) => ({ outcome: r.outcome === 'opened' ? 'denied' : 'opened' }),
  (r) => ({ reason: r.reason === null ? 'x' : null }),
  () => ({ aboutShop: OTHER_SHOP }),
  (r) => ({ fields: [...r.fields, ''] }),
  (r) => ({ fields: [r.fields.join('')].concat(r.fields.length === 1 ? ['x'] : []) }),
  (r) => ({ subjects: [...r.subjects, Buffer.alloc(0)] }),
  (r) => ({ subjects: r.subjects.length === 0 ? [Buffer.alloc(16)] : r.subjects.slice(1) }),
  (r) => ({ peopleCount: r.peopleCount === null ? 0 : null }),
  (r) => ({ valueCount: r.valueCount + 1 }),
  (r) => ({ requestId: r.requestId.slice(1) }),
  // What one field loses the next one gains.
  (r) => ({ actor: r.actor.slice(0, -1), purpose: `${r.actor.slice(-1)}${r.purpose}` }),
  (r) => ({ previousHash: flip(r.previousHash) }),
  (r) => ({ hash: flip(r.hash) }),
];

function flip(bytes: Uint8Array): Uint8Array {
  const changed = Buffer.from(bytes);
  changed[changed.length >> 1]! ^= 4;
  return changed;
}

function faultsOf(
  records: readonly ChainRecord[],
  head: Link | null,
  { start = null, marks = [] }: { start?: Link | null; marks?: readonly Link[] } = {},
): FaultCode[] {
  const check = new LinkCheck(SHOP, start, marks);
  for (const record of records) check.add(record);
  return check.finish(head).faults.map(({ code }) => code);
}

describe('a chain of access records', () => {
  const chain = makeChain(SHOP, WHOLE);
  const head = chain.at(-1)!;

  it('control: is intact when nobody touches it', () => {
    expect(faultsOf(chain, head)).toEqual([]);
    expect(faultsOf([], null)).toEqual([]);
    expect(faultsOf(chain, head, { marks: [chain[17]!, chain[90]!, head] })).toEqual([]);
  });

  it.each(Object.entries(CHANGES))('shows at every position when somebody would %s', (_, change) => {
    for (let at = 0; at < WHOLE; at += 1) {
      const changed = [...chain];
      change(changed, at);
      expect(faultsOf(changed, head), `position ${String(at)}`).not.toEqual([]);
    }
  });

  it('shows an edit of any field at every position', () => {
    for (let at = 0; at < WHOLE; at += 1) {
      const edit = EDITS[at % EDITS.length]!;
      const changed = [...chain];
      changed[at] = { ...changed[at]!, ...edit(changed[at]!) };
      expect(faultsOf(changed, head), `position ${String(at)}`).not.toEqual([]);
    }
  });

  it('shows when it is cut short at every length, and when the head is set back as well, by what was signed', () => {
    for (let length = 0; length < WHOLE; length += 1) {
      const cut = chain.slice(0, length);
      expect(faultsOf(cut, head)).toContain('missing');
      const headSetBack = cut.at(-1) ?? null;
      expect(faultsOf(cut, headSetBack)).toEqual([]);
      expect(faultsOf(cut, headSetBack, { marks: [head] })).toEqual(['missing']);
    }
  });

  it('shows when somebody computes all of it anew, by what was signed and by nothing else', () => {
    for (let at = 0; at < WHOLE; at += 7) {
      const forged = chain.slice(0, at);
      for (const record of chain.slice(at)) {
        forged.push(
          hangOn(forged.at(-1) ?? chainStart(SHOP), forged.length === at ? { ...record, page: 'another' } : record),
        );
      }
      expect(faultsOf(forged, forged.at(-1)!)).toEqual([]);
      expect(faultsOf(forged, forged.at(-1)!, { marks: [chain[at]!] })).toEqual(['signed-otherwise']);
      expect(faultsOf(forged, forged.at(-1)!, { marks: [head] })).toEqual(['signed-otherwise']);
    }
  });

  it('shows records that nobody appended, and a head that is not the last one', () => {
    expect(faultsOf(chain, chain.at(-2)!)).toEqual(['unaccounted']);
    expect(faultsOf(chain, null)).toEqual(['unaccounted']);
    expect(faultsOf(chain, { seq: head.seq, hash: flip(head.hash) })).toEqual(['head']);
  });

  it('goes on after a retired segment, and says when more than that is gone', () => {
    const [start, rest] = [chain[39]!, chain.slice(40)];
    expect(faultsOf(rest, head, { start, marks: [chain[10]!, chain[60]!] })).toEqual([]);
    expect(faultsOf(rest.slice(1), head, { start })).toEqual(['missing']);
    expect(faultsOf(rest, head)).toContain('missing');
    expect(faultsOf(rest, head, { start: chain[38]! })).toContain('missing');
    // What was retired does not come back.
    expect(faultsOf(chain.slice(39), head, { start })).toContain('out-of-place');
  });

  it(`shows every change and edit at each of ${String(LONG)} positions`, () => {
    const long = makeChain(SHOP, LONG);
    const changes = [
      ...Object.values(CHANGES),
      ...EDITS.map((edit) => (records: ChainRecord[], at: number) => {
        records[at] = { ...records[at]!, ...edit(records[at]!) };
      }),
    ];
    let found = 0;
    for (let at = 0; at < LONG; at += 1) {
      // A fault found among neighbours is found in the whole: a check remembers nothing but the record before.
      const from = Math.max(0, at - 1);
      const window = long.slice(from, at + 4);
      const start = long[from - 1] ?? null;
      const end = long[Math.min(LONG, at + 4) - 1]!;
      expect(faultsOf(window, end, { start })).toEqual([]);
      for (const change of changes) {
        const changed = [...window];
        change(changed, at - from);
        if (faultsOf(changed, end, { start }).length > 0) found += 1;
      }
    }
    expect(found).toBe(LONG * changes.length);
  });
});
