import { useLocation, useNavigate, useSearchParams } from '@remix-run/react';
import { useCallback, useEffect } from 'react';

/** What addresses of lists say of a place in the list; everything else in them is Shopify's own. */
const WORDS = ['view', 'code', 'after', 'page'] as const;

type ListPlace = Partial<Record<(typeof WORDS)[number], string>>;

/** Marks an entry of the browser's history that was reached from the newer page before it. */
const FROM_NEWER = 'from-newer';

const lastPlaces = new Map<string, string>();

/** The address of the list at this path, where somebody was in it last: what "back" leads to. On the server, its beginning. */
export function lastPlaceOf(path: string): string {
  return path + (lastPlaces.get(path) ?? '');
}

/** Remembers the place that the address says, for the way back from what is opened there. */
export function useListPlace(): void {
  const [params] = useSearchParams();
  const { pathname } = useLocation();
  useEffect(() => {
    const place = new URLSearchParams([...params].filter(([name]) => WORDS.some((word) => word === name)));
    lastPlaces.set(pathname, place.size === 0 ? '' : `?${place.toString()}`);
  }, [params, pathname]);
}

export interface ListWays {
  /** Replaces the place in the address; what is not named is at its beginning. */
  readonly goTo: (place: ListPlace) => void;
  readonly goOlder: (place: ListPlace) => void;
  /** Back by one page for somebody who came from there; else to the newest, where `place` is. */
  readonly goNewer: (place: ListPlace) => void;
  readonly isFromNewer: boolean;
}

/** The ways through a list whose pages are known only as one goes: on by a cursor, back as one came. */
export function useListWays(): ListWays {
  useListPlace();
  const [, setParams] = useSearchParams();
  const navigate = useNavigate();
  const isFromNewer = useLocation().state === FROM_NEWER;
  const go = useCallback(
    (place: ListPlace, state?: typeof FROM_NEWER) => {
      setParams(
        (params) => {
          for (const word of WORDS) {
            const value = place[word]?.trim() ?? '';
            if (value === '') params.delete(word);
            else params.set(word, value);
          }
          return params;
        },
        { preventScrollReset: state === undefined, state },
      );
    },
    [setParams],
  );
  return {
    goTo: go,
    goOlder: (place) => go(place, FROM_NEWER),
    goNewer: (place) => (isFromNewer ? navigate(-1) : go(place)),
    isFromNewer,
  };
}
