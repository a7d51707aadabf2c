import type { IndexTableProps } from '@shopify/polaris';

import type { ListWays } from '#app/ui/list-place.ts';
import { texts } from '#app/ui/texts/texts.ts';

/** What a table is given to be turned page by page; nothing where one page is all. */
export type ListPagination = Pick<IndexTableProps, 'pagination'>;

interface ListPage {
  readonly nextCursor: string | null;
  readonly isFirstPage: boolean;
}

/** @param place what stays the same on every page of the list. */
export function listPagination(
  ways: ListWays,
  { nextCursor, isFirstPage }: ListPage,
  place: { readonly view?: string; readonly code: string },
): ListPagination {
  if (nextCursor === null && isFirstPage) return {};
  const back = ways.isFromNewer ? texts.carts.newer : texts.carts.newest;
  return {
    pagination: {
      hasNext: nextCursor !== null,
      hasPrevious: !isFirstPage,
      onNext: () => ways.goOlder({ ...place, after: nextCursor ?? '' }),
      onPrevious: () => ways.goNewer(place),
      accessibilityLabels: { previous: back, next: texts.carts.older },
      previousTooltip: back,
      nextTooltip: texts.carts.older,
    },
  };
}
