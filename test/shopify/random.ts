/** Seeded random numbers (mulberry32): the same seed tells the same story. Not for secrets. */
export interface Random {
  /** A float in [0, 1). */
  next(): number;
  /** An integer in [min, max], both included. */
  int(min: number, max: number): number;
  /** True with probability `p`. */
  chance(p: number): boolean;
  pick<T>(items: readonly T[]): T;
  shuffle<T>(items: readonly T[]): T[];
  /** `length` characters of `alphabet`. */
  text(length: number, alphabet?: string): string;
  /** Another generator, independent of how often this one is used afterwards. */
  fork(): Random;
}

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
export const HEX = '0123456789abcdef';

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  const pick = <T>(items: readonly T[]): T => {
    if (items.length === 0) throw new Error('Nothing to pick from');
    return items[int(0, items.length - 1)] as T;
  };
  const shuffle = <T>(items: readonly T[]): T[] => {
    const deck = [...items];
    for (let i = deck.length - 1; i > 0; i--) {
      const j = int(0, i);
      [deck[i], deck[j]] = [deck[j] as T, deck[i] as T];
    }
    return deck;
  };
  return {
    next,
    int,
    pick,
    shuffle,
    chance: (p) => next() < p,
    text: (length, alphabet = ALPHANUMERIC) => Array.from({ length }, () => pick([...alphabet])).join(''),
    fork: () => createRandom(int(0, 0xffff_ffff)),
  };
}
