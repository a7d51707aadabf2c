import { BlockStack, Card, Layout, Page, Text } from '@shopify/polaris';
import { useRevalidator } from '@remix-run/react';
import { useMemo } from 'react';

import type { CartView } from '#app/carts/cart-view.ts';
import { isSameRow } from '#app/carts/row.ts';
import { cartStatus } from '#app/carts/status.ts';
import { CartLines } from '#app/ui/carts/CartLines.tsx';
import { CartSide } from '#app/ui/carts/CartSide.tsx';
import { CartTimeline } from '#app/ui/carts/CartTimeline.tsx';
import { LiveBar } from '#app/ui/carts/LiveBar.tsx';
import { StatusBadge } from '#app/ui/carts/StatusBadge.tsx';
import { lastPlaceOf } from '#app/ui/list-place.ts';
import { NamesControl } from '#app/ui/people/NamesControl.tsx';
import { useReveal } from '#app/ui/people/use-reveal.ts';
import { useChanges, type ChangesRequest } from '#app/ui/live/use-changes.ts';
import { useNow } from '#app/ui/live/use-now.ts';
import { WaitingNews } from '#app/ui/live/WaitingNews.tsx';
import { useShopDisplay } from '#app/ui/shop-display.tsx';
import { cartTexts } from '#app/ui/texts/cart.ts';
import { texts } from '#app/ui/texts/texts.ts';

const CLOCK_MS = 10_000;

/** One cart: what is in it and what happened to it, with the person, checkout, order and place beside it. */
export function CartPage({ cart }: { readonly cart: CartView }) {
  const { row } = cart;
  const reveal = useReveal(cart.person, cart.readAtMs);
  const question = useMemo<ChangesRequest>(() => ({ revision: cart.revision, shown: [row.id] }), [cart]);
  const { liveness, changes, news } = useChanges(question, false);
  const { revalidate, state } = useRevalidator();
  const readAtMs = changes?.readAtMs ?? cart.readAtMs;
  const nowMs = useNow(readAtMs, CLOCK_MS);
  const { idleAfterMinutes } = useShopDisplay();

  // Status and times are plain columns and move by themselves. Contents are opened again only when somebody asks for
  // it: each opening is an access record and has to mean that somebody looked.
  const current = news?.rows?.find(({ id }) => id === row.id) ?? row;
  const hasChanged = !isSameRow(current, row);
  const status = cartStatus(current, idleAfterMinutes, nowMs);
  const title = row.personCode === null ? texts.person.guestCart : texts.person.cartOf(row.personCode);
  // Of a guest there is no name to show; what is shown already can be hidden here as everywhere.
  const hasNoNames = row.personId === null && reveal.reveal === null;

  return (
    <Page
      title={title}
      titleMetadata={<StatusBadge status={status} isCancelled={current.isCancelled} />}
      backAction={{ content: cartTexts.back, url: lastPlaceOf('/app/carts') }}
      {...(hasNoNames ? {} : { secondaryActions: <NamesControl reveal={reveal} /> })}
    >
      <BlockStack gap="300">
        <LiveBar liveness={liveness} heardAtMs={changes?.heardAtMs ?? cart.heardAtMs} readAtMs={readAtMs} />
        <WaitingNews
          at="bottom"
          label={hasChanged ? cartTexts.showChange : null}
          isLoading={state === 'loading'}
          onShow={revalidate}
        />
        <Layout>
          <Layout.Section>
            <BlockStack gap="400">
              <CartLines cart={cart} />
              <Card>
                <BlockStack gap="400">
                  <Text as="h2" variant="headingMd">
                    {cartTexts.timeline}
                  </Text>
                  <CartTimeline cart={cart} nowMs={nowMs} />
                </BlockStack>
              </Card>
            </BlockStack>
          </Layout.Section>
          <Layout.Section variant="oneThird">
            <CartSide cart={cart} reveal={reveal} nowMs={nowMs} />
          </Layout.Section>
        </Layout>
      </BlockStack>
    </Page>
  );
}
