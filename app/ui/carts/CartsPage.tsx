import { Button, Card, EmptySearchResult, Page, Text, BlockStack, Box } from '@shopify/polaris';
import { useNavigation, useRevalidator, useSearchParams } from '@remix-run/react';
import { useCallback, useRef, useState } from 'react';

import type { CartList } from '#app/carts/list.ts';
import type { CartView } from '#app/carts/views.ts';
import type { ShownNames } from '#app/customers/names.ts';
import { CartFilters } from '#app/ui/carts/CartFilters.tsx';
import { CartTable } from '#app/ui/carts/CartTable.tsx';
import { LiveBar } from '#app/ui/carts/LiveBar.tsx';
import { useLiveList } from '#app/ui/carts/use-live-list.ts';
import { NamesControl } from '#app/ui/people/NamesControl.tsx';
import { useReveal } from '#app/ui/people/use-reveal.ts';
import emptyCart from '#app/ui/images/empty-cart.svg?url';
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
  const goTo = useGoTo();
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
                label={waiting === null ? null : texts.carts.newer(waiting.begun, waiting.moved)}
                onShow={showNewer}
              />
              {rows.length === 0 ? (
                <NoResults list={list} onClear={() => goTo({ view: list.view, code: '' })} />
              ) : (
                <CartTable
                  rows={rows}
                  names={names}
                  nowMs={nowMs}
                  fresh={fresh}
                  isLoading={isLoading}
                  pagination={{
                    hasNext: list.nextCursor !== null,
                    hasPrevious: !list.isFirstPage,
                    onNext: () => goTo({ view: list.view, code: list.code ?? '', after: list.nextCursor ?? '' }),
                    onPrevious: () => goTo({ view: list.view, code: list.code ?? '' }),
                  }}
                />
              )}
            </Card>
          ) : (
            <FirstUse />
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

function FirstUse() {
  const { heading, body, before } = texts.carts.firstUse;
  return (
    <Card>
      <Box padding="400" paddingBlockEnd="800">
        <BlockStack gap="200" inlineAlign="center">
          {/* Polaris' EmptyState fades its picture in by script and misses one that came before the script. */}
          <img src={emptyCart} alt="" width={180} height={150} />
          <Text as="h2" variant="headingMd" alignment="center">
            {heading}
          </Text>
          <Box maxWidth="28rem">
            <BlockStack gap="200">
              <Text as="p" alignment="center">
                {body}
              </Text>
              <Text as="p" alignment="center" tone="subdued">
                {before}
              </Text>
            </BlockStack>
          </Box>
        </BlockStack>
      </Box>
    </Card>
  );
}

function NoResults({ list, onClear }: { readonly list: CartList; readonly onClear: () => void }) {
  const { heading, body, withCode, clear } = texts.carts.noResults;
  return (
    <Box padding="800">
      <BlockStack gap="400" inlineAlign="center">
        <EmptySearchResult
          title={heading}
          description={list.code === null || list.view === 'all' ? body[list.view] : withCode}
          withIllustration
        />
        {list.code !== null && <Button onClick={onClear}>{clear}</Button>}
      </BlockStack>
    </Box>
  );
}

/** Changes what the address says of the list: its view, code and page. Everything else in it stays (Shopify's own). */
function useGoTo() {
  const [, setSearchParams] = useSearchParams();
  return useCallback(
    ({ view, code, after = '' }: { view: CartView; code: string; after?: string }) => {
      setSearchParams(
        (params) => {
          const wanted = { view: view === 'all' ? '' : view, code: code.trim(), after };
          for (const [name, value] of Object.entries(wanted)) {
            if (value === '') params.delete(name);
            else params.set(name, value);
          }
          return params;
        },
        { preventScrollReset: after === '' },
      );
    },
    [setSearchParams],
  );
}
