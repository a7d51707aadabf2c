import { useEffect, useMemo, useRef, useState, type RefObject } from 'react';

import type { CartList } from '#app/carts/list.ts';
import { isSameRow, type CartRow } from '#app/carts/row.ts';
import type { PersonNames } from '#app/customers/names.ts';
import { useChanges, type ChangesRequest, type Liveness } from '#app/ui/live/use-changes.ts';
import type { Reveal } from '#app/ui/people/use-reveal.ts';
import { useReading } from '#app/ui/live/use-reading.ts';

/** How long a new or changed row is tinted; the same as the animation in styles.css. */
const TINT_MS = 2_000;

export interface LiveList {
  readonly rows: readonly CartRow[];
  /** Names as far as they are shown: those of the page, and of people who came onto it since. */
  readonly names: PersonNames;
  readonly fresh: ReadonlySet<string>;
  /** Carts that wait above the list; null when none do. */
  readonly waiting: { readonly begun: number; readonly moved: number } | null;
  readonly liveness: Liveness;
  readonly heardAtMs: number | null;
  readonly readAtMs: number;
}

/**
 * Keeps a page of the list up to date: shown rows change in their place and are tinted, rows above are counted. When
 * nobody is reading, or nothing is shown yet, `reload` brings them in.
 */
export function useLiveList(
  list: CartList,
  reveal: Reveal,
  element: RefObject<HTMLElement>,
  isPaused: boolean,
  reload: () => void,
): LiveList {
  const isRevealed = reveal.reveal !== null;
  const question = useMemo<ChangesRequest>(
    () => ({
      revision: list.revision,
      shown: list.rows.map((row) => row.id),
      list: { view: list.view, code: list.code, top: list.topCursor },
      ...(isRevealed ? { named: [] } : {}),
    }),
    [list, isRevealed],
  );
  const named = useNames(list, reveal);
  const { liveness, changes, news } = useChanges(question, isPaused, named.known);
  const rows = useMemo(() => mergeRows(list.rows, news?.rows ?? []), [list, news]);
  const fresh = useFresh(list, rows);

  useEffect(() => named.add(changes?.names), [changes]);
  // Hidden meanwhile, on another device or by an owner: the server says so, and the page follows.
  useEffect(() => {
    if (isRevealed && changes?.names === null) reload();
  }, [changes]);

  const newer = news?.newer ?? null;
  const waiting = newer !== null && newer.begun + newer.moved > 0 ? newer : null;
  const isReading = useReading(element);
  const isEmpty = list.rows.length === 0;
  // Looked at after every answer, so that what waits comes in once the reader has turned away.
  useEffect(() => {
    if (waiting === null || !list.isFirstPage) return;
    if (isEmpty || !isReading()) reload();
  }, [changes, waiting]);

  return {
    rows,
    names: named.names,
    fresh,
    waiting,
    liveness,
    heardAtMs: changes?.heardAtMs ?? list.heardAtMs,
    readAtMs: changes?.readAtMs ?? list.readAtMs,
  };
}

/** The page's names, and those that answers bring; a new page of the list, or hiding, begins anew. */
function useNames(list: CartList, reveal: Reveal) {
  const [later, setLater] = useState<{ list: CartList; names: PersonNames }>({ list, names: {} });
  const names = useMemo<PersonNames>(() => {
    if (reveal.reveal === null) return {};
    return later.list === list ? { ...reveal.names, ...later.names } : reveal.names;
  }, [list, reveal.reveal === null, reveal.names, later]);
  const latest = useRef(names);
  latest.current = names;
  return {
    names,
    known: () => Object.keys(latest.current),
    add: (more: PersonNames | null | undefined) => {
      if (more === null || more === undefined || Object.keys(more).length === 0) return;
      setLater((old) => ({ list, names: old.list === list ? { ...old.names, ...more } : more }));
    },
  };
}

/** The loaded rows in their order, each as it is now. */
export function mergeRows(loaded: readonly CartRow[], current: readonly CartRow[]): readonly CartRow[] {
  if (current.length === 0) return loaded;
  const byId = new Map(current.map((row) => [row.id, row]));
  return loaded.map((row) => {
    const now = byId.get(row.id);
    return now === undefined || isSameRow(row, now) ? row : now;
  });
}

/** Ids of rows that were not there, or looked different, at the last render of the same list. */
function useFresh(list: CartList, rows: readonly CartRow[]): ReadonlySet<string> {
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  const before = useRef({ place: placeOf(list), rows });
  useEffect(() => {
    const { place, rows: old } = before.current;
    before.current = { place: placeOf(list), rows };
    // Another tab or page is another list: all of it is new, and none of it is news.
    if (place !== placeOf(list)) return;
    const ids = changedIds(old, rows);
    if (ids.length > 0) setFresh(new Set(ids));
  }, [list, rows]);
  useEffect(() => {
    if (fresh.size === 0) return;
    const timer = setTimeout(() => setFresh(new Set()), TINT_MS);
    return () => clearTimeout(timer);
  }, [fresh]);
  return fresh;
}

function placeOf({ view, code, isFirstPage, topCursor }: CartList): string {
  return JSON.stringify([view, code, isFirstPage ? null : topCursor]);
}

/** Ids of rows that are new or different. */
export function changedIds(before: readonly CartRow[], after: readonly CartRow[]): string[] {
  const old = new Map(before.map((row) => [row.id, row]));
  return after
    .filter((row) => {
      const known = old.get(row.id);
      return known === undefined || !isSameRow(known, row);
    })
    .map((row) => row.id);
}
