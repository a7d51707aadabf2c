import { setImmediate as turn } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { createLogger } from '#app/log.ts';

import { Committer, MAX_BATCH, MAX_WAIT_MS, MAX_WAITING, MAX_WAITING_BYTES, PACE_MS, PAUSE_MS } from './committer.ts';
import { Counters } from './counters.ts';
import type { InboxEntry, Stored } from './insert.ts';

const log = createLogger({ level: 'silent' });

/** What the test lets the database do. Its real behaviour is tested in test/integration/edge-storing and edge-outage. */
interface Flush {
  readonly entries: readonly InboxEntry[];
  readonly succeed: (stored?: Partial<Stored>) => void;
  readonly fail: (error: Error) => void;
}

let flushes: Flush[];
let now: number;
let counters: Counters;
let committer: Committer;

afterEach(() => {
  vi.useRealTimers();
});

beforeEach(() => {
  // The pace alone: the rest is told the time by a clock of its own.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  flushes = [];
  now = 0;
  counters = new Counters();
  committer = new Committer({
    store: (entries) =>
      new Promise((resolve, reject) => {
        const all = { written: entries.length, eligible: entries.length };
        flushes.push({ entries, succeed: (stored) => resolve({ ...all, ...stored }), fail: reject });
      }),
    asDeadLetter: (entry, code) => ({ ...entry, failureCode: code }),
    counters,
    log,
    clock: () => now,
  });
});

function entry(webhookId: string, more: Partial<InboxEntry> = {}): InboxEntry {
  return {
    shopId: 'shop',
    day: '2026-11-23',
    topic: 1,
    digest: Buffer.alloc(16),
    receivedAt: new Date(0),
    triggeredAt: null,
    dayFromReceipt: true,
    webhookId,
    eventId: null,
    isExempt: false,
    failureCode: null,
    sealed: null,
    ...more,
  };
}

const commitMany = (count: number, name = 'w') =>
  Array.from({ length: count }, (_, index) => committer.commit(entry(`${name}${String(index)}`)));
const sizes = () => flushes.map(({ entries }) => entries.length);
const databaseError = (code: string) => Object.assign(new Error('no detail'), { code });

describe('a group commit', () => {
  it('stores a lone webhook at once', async () => {
    const result = committer.commit(entry('alone'));
    await turn();
    expect(sizes()).toEqual([1]);
    flushes[0]!.succeed();
    expect(await result).toBe('committed');
  });

  it('puts what came in one turn into one transaction', async () => {
    const results = commitMany(40);
    await turn();
    expect(sizes()).toEqual([40]);
    flushes[0]!.succeed({ written: 30, eligible: 35 });
    expect(new Set(await Promise.all(results))).toEqual(new Set(['committed']));
    expect(counters.all()).toEqual({ stored: 30, duplicate: 5, 'dropped-inactive-shop': 5 });
  });

  it('acknowledges nobody before the database has', async () => {
    let isDone = false;
    void committer.commit(entry('slow')).then(() => {
      isDone = true;
    });
    await turn();
    await turn();
    expect(isDone).toBe(false);
    flushes[0]!.succeed();
    await turn();
    expect(isDone).toBe(true);
  });

  it('has two transactions under way at most, the second when it is worth one', async () => {
    void commitMany(1, 'first');
    await turn();
    void commitMany(10, 'few');
    await turn();
    expect(sizes()).toEqual([1]);
    void commitMany(2 * MAX_BATCH, 'many');
    await turn();
    expect(sizes()).toEqual([1, MAX_BATCH]);
    flushes[0]!.succeed();
    await turn();
    await turn();
    expect(sizes()).toEqual([1, MAX_BATCH, MAX_BATCH]);
  });

  it('does not begin at once behind another unless there is enough for it', async () => {
    const first = committer.commit(entry('first'));
    await turn();
    flushes[0]!.succeed();
    await first;
    void commitMany(3);
    await turn();
    expect(sizes()).toEqual([1]);
    vi.advanceTimersByTime(PACE_MS);
    await turn();
    expect(sizes()).toEqual([1, 3]);
    flushes[1]!.succeed();
    await turn();
    void commitMany(100, 'flood');
    await turn();
    expect(sizes()).toEqual([1, 3, 100]);
  });

  it('stores a lone webhook at once again when the one before it is a moment ago', async () => {
    for (const name of ['one', 'two', 'three']) {
      const result = committer.commit(entry(name));
      await turn();
      flushes.at(-1)!.succeed();
      expect(await result).toBe('committed');
      await turn();
      vi.advanceTimersByTime(PACE_MS);
    }
    expect(sizes()).toEqual([1, 1, 1]);
  });

  it('has drained when the last one is stored', async () => {
    void commitMany(3);
    let isDrained = false;
    const drained = committer.drained().then(() => {
      isDrained = true;
    });
    await turn();
    expect(isDrained).toBe(false);
    flushes[0]!.succeed();
    await drained;
    await committer.drained();
  });
});

describe('a row that cannot be stored', () => {
  /** Answers flushes until nobody asks any more: those that hold the bad row fail. */
  async function serve(isBad: (entry: InboxEntry) => boolean, error: Error = databaseError('23514')): Promise<void> {
    for (let quiet = 0; quiet < 5;) {
      const flush = flushes.pop();
      if (flush === undefined) quiet += 1;
      else if (flush.entries.some((each) => isBad(each) && each.failureCode === null)) flush.fail(error);
      else flush.succeed();
      await turn();
    }
  }

  it.each([
    ['the database refuses', databaseError('23514')],
    ['cannot be encoded', new RangeError('out of range')],
  ])('that %s becomes a dead letter, and the others are stored', async (_, error) => {
    const results = commitMany(100);
    await turn();
    await serve(({ webhookId }) => webhookId === 'w37', error);
    expect(new Set(await Promise.all(results))).toEqual(new Set(['committed']));
    expect(counters.all()).toEqual({ stored: 99, 'set-aside': 1 });
  });

  it('stays with Shopify when it cannot even be set aside', async () => {
    const results = [committer.commit(entry('bad')), committer.commit(entry('good'))];
    await turn();
    flushes[0]!.fail(databaseError('22P02'));
    await turn();
    flushes[1]!.fail(databaseError('22P02'));
    await turn();
    expect(flushes[2]!.entries).toMatchObject([{ webhookId: 'bad', failureCode: 'sql.22P02' }]);
    flushes[2]!.fail(databaseError('22P02'));
    await turn();
    flushes[3]!.succeed();
    expect(await Promise.all(results)).toEqual(['away', 'committed']);
  });
});

describe('a database that is away', () => {
  it('is tried twice when it fails at once, and then nobody waits for it', async () => {
    const under = committer.commit(entry('under way'));
    await turn();
    const waiting = committer.commit(entry('waiting'));
    flushes[0]!.fail(databaseError('ECONNREFUSED'));
    await turn();
    flushes[1]!.fail(databaseError('ECONNREFUSED'));
    expect(await Promise.all([under, waiting])).toEqual(['away', 'away']);
    expect(await committer.commit(entry('next'))).toBe('away');
    expect(flushes).toHaveLength(2);

    now += PAUSE_MS;
    vi.advanceTimersByTime(PAUSE_MS);
    const later = committer.commit(entry('later'));
    await turn();
    flushes[2]!.succeed();
    expect(await later).toBe('committed');
  });

  it.each(['57P01', '25006'])('is not noticed when only a connection broke (%s), or led to a standby', async (code) => {
    const result = committer.commit(entry('once more'));
    await turn();
    flushes[0]!.fail(databaseError(code));
    await turn();
    flushes[1]!.succeed();
    expect(await result).toBe('committed');
  });

  it('is not tried again when it failed slowly', async () => {
    const result = committer.commit(entry('timed out'));
    await turn();
    now += 2_500;
    flushes[0]!.fail(databaseError('57014'));
    expect(await result).toBe('away');
    expect(flushes).toHaveLength(1);
  });

  it.each(['42P01', '42501'])('or not as it should be (%s) is no fault of a row', async (code) => {
    const results = commitMany(8);
    await turn();
    flushes[0]!.fail(databaseError(code));
    expect(new Set(await Promise.all(results))).toEqual(new Set(['away']));
    expect(flushes).toHaveLength(1);
  });
});

describe('an edge that is asked too much', () => {
  it('says so when too many wait', async () => {
    void commitMany(1);
    await turn();
    void commitMany(MAX_WAITING);
    expect(committer.getRefusal()).toBe('overloaded');
    expect(await committer.commit(entry('one too many'))).toBe('overloaded');
  });

  it('says so when too much waits', async () => {
    const sealed = Buffer.alloc(MAX_WAITING_BYTES / 16);
    for (let index = 0; index < 16; index += 1) {
      expect(committer.getRefusal()).toBeNull();
      void committer.commit(entry(String(index), { sealed }));
    }
    expect(committer.getRefusal()).toBe('overloaded');
    await turn();
    expect(committer.getRefusal()).toBeNull();
  });

  it('says so when somebody has waited too long, and no longer when they were served', async () => {
    void commitMany(1);
    await turn();
    void commitMany(1, 'waiting');
    now += MAX_WAIT_MS + 1;
    expect(committer.getRefusal()).toBe('overloaded');
    vi.advanceTimersByTime(MAX_WAIT_MS);
    flushes[0]!.succeed();
    await turn();
    await turn();
    expect(committer.getRefusal()).toBeNull();
  });
});
