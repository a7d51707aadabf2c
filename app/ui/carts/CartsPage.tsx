import { Button, ButtonGroup, Card, EmptySearchResult, Page, Text, BlockStack, Box } from '@shopify/polaris';
import { useNavigation, useRevalidator } from '@remix-run/react';
import { useCallback, useRef, useState } from 'react';

import type { CartList } from '#app/carts/list.ts';
import type { CartView } from '#app/carts/views.ts';
import type { ShownNames } from '#app/customers/names.ts';
import { CartFilters } from '#app/ui/carts/CartFilters.tsx';
import { CartTable } from '#app/ui/carts/CartTable.tsx';
import { LiveBar } from '#app/ui/carts/LiveBar.tsx';
import { useLiveList } from '#app/ui/carts/use-live-list.ts';
import { FirstUse } from '#app/ui/FirstUse.tsx';
import { NamesControl } from '#app/ui/people/NamesControl.tsx';
import { useReveal } from '#app/ui/people/use-reveal.ts';
import { listPagination } from '#app/ui/list-pagination.ts';
import { useListWays } from '#app/ui/list-place.ts';
import { useNow } from '#app/ui/live/use-now.ts';
import { WaitingNews } from '#app/ui/live/WaitingNews.tsx';
import { texts } from '#app/ui/texts/texts.ts';

/** Relative times of the rows move on this often. */
const ROW_CLOCK_MS = 10_000;

interface CartsPageProps {
  readonly list: CartList;
  readonly shown: ShownNames;
}

/** The page of all carts: live, newest change first. */
export function CartsPage({ list, shown }: CartsPageProps) {
  const element = useRef<HTMLDivElement>(null);
  const [isPaused, setPaused] = useState(false);
  const { revalidate } = useRevalidator();
  const navigation = useNavigation();
  const ways = useListWays();
  const goTo = useCallback(
    ({ view, code }: { readonly view: CartView; readonly code: string }) => ways.goTo({ view: wordOf(view), code }),
    [ways.goTo],
  );
  const reveal = useReveal(shown, list.readAtMs);
  const live = useLiveList(list, reveal, element, isPaused, revalidate);
  const { rows, names, fresh, waiting, liveness, heardAtMs, readAtMs } = live;
  const nowMs = useNow(readAtMs, ROW_CLOCK_MS);
  const isLoading = navigation.state === 'loading' && navigation.location.pathname === '/app/carts';
  const showNewer = () => (list.isFirstPage ? revalidate() : goTo({ view: list.view, code: list.code ?? '' }));

  return (
    <Page fullWidth title={texts.carts.title} secondaryActions={<NamesControl reveal={reveal} />}>
      <BlockStack gap="300">
        <LiveBar
          liveness={liveness}
          heardAtMs={heardAtMs}
          readAtMs={readAtMs}
          onTogglePause={() => setPaused(!isPaused)}
        />
        <div ref={element}>
          {list.hasAnyCart ? (
            <Card padding="0">
              <CartFilters view={list.view} code={list.code ?? ''} isLoading={isLoading} onChange={goTo} />
              <WaitingNews
                at="top"
                label={waiting === null ? null : texts.carts.waiting(waiting.begun, waiting.moved)}
                onShow={showNewer}
              />
              {rows.length === 0 ? (
                <NoResults list={list} goTo={goTo} />
              ) : (
                <CartTable
                  rows={rows}
                  names={names}
                  nowMs={nowMs}
                  fresh={fresh}
                  isLoading={isLoading}
                  pagination={listPagination(ways, list, { view: wordOf(list.view), code: list.code ?? '' })}
                />
              )}
            </Card>
          ) : (
            <FirstUse {...texts.carts.firstUse} />
          )}
        </div>
        <Box paddingInline={{ xs: '400', sm: '0' }} paddingBlockEnd="600">
          <Text as="p" tone="subdued" variant="bodySm">
            {reveal.reveal === null ? texts.carts.privacyNote : texts.carts.privacyNoteShown}
          </Text>
        </Box>
      </BlockStack>
    </Page>
  );
}

interface NoResultsProps {
  readonly list: CartList;
  readonly goTo: (place: { readonly view: CartView; readonly code: string }) => void;
}

function NoResults({ list: { view, code }, goTo }: NoResultsProps) {
  const { heading, body, withCode, clear, searchAll } = texts.carts.noResults;
  const isOfOneView = code !== null && view !== 'all';
  return (
    <Box padding="800">
      <BlockStack gap="400" inlineAlign="center">
        <EmptySearchResult
          title={heading}
          description={isOfOneView ? withCode(texts.carts.views[view]) : body[view]}
          withIllustration
        />
        {code !== null && (
          <ButtonGroup>
            {isOfOneView && <Button onClick={() => goTo({ view: 'all', code })}>{searchAll}</Button>}
            <Button onClick={() => goTo({ view, code: '' })}>{clear}</Button>
          </ButtonGroup>
        )}
      </BlockStack>
    </Box>
  );
}

/** All carts are what an address without a word about it shows. */
function wordOf(view: CartView): string {
  return view === 'all' ? '' : view;
}
