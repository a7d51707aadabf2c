import { Badge, BlockStack, Box, Card, InlineStack, Layout, Link, Page, Text } from '@shopify/polaris';
import { useMemo, type ReactNode } from 'react';

import type { CartRow } from '#app/carts/row.ts';
import { cartStatus } from '#app/carts/status.ts';
import type { PersonOrder, PersonPageView } from '#app/customers/read-person.ts';
import { StatusBadge } from '#app/ui/carts/StatusBadge.tsx';
import { formatMoney } from '#app/ui/format/money.ts';
import { formatAgo } from '#app/ui/format/time.ts';
import { lastPlaceOf } from '#app/ui/list-place.ts';
import { useNow } from '#app/ui/live/use-now.ts';
import { Identity } from '#app/ui/people/Identity.tsx';
import { NamesControl } from '#app/ui/people/NamesControl.tsx';
import { personLabel } from '#app/ui/people/PersonLabel.tsx';
import { useReveal } from '#app/ui/people/use-reveal.ts';
import { useShopDisplay } from '#app/ui/shop-display.tsx';
import { customerTexts } from '#app/ui/texts/customers.ts';
import { texts } from '#app/ui/texts/texts.ts';
import { TimeAgo } from '#app/ui/TimeAgo.tsx';

const t = customerTexts.person;
const CLOCK_MS = 10_000;

interface PersonPageProps {
  readonly person: PersonPageView;
  /** Cards of other features, below the identity: choices, requests, erase and export. */
  readonly side?: readonly ReactNode[];
}

/** One customer: carts and orders, and beside them who it is and what can be done for them. */
export function PersonPage({ person, side = [] }: PersonPageProps) {
  const reveal = useReveal(person.person, person.readAtMs);
  const nowMs = useNow(person.readAtMs, CLOCK_MS);
  // Of merged customers, the one whose page it is; failing a name there, that of another row of the same customer.
  const known = useMemo(
    () => [person.id, ...person.familyIds].find((id) => reveal.names[id] !== undefined) ?? person.id,
    [person, reveal.names],
  );
  const merged = person.familyIds.length - 1;
  return (
    <Page
      title={personLabel(person.code, reveal.names[known])}
      backAction={{ content: t.back, url: lastPlaceOf('/app/customers') }}
      secondaryActions={<NamesControl reveal={reveal} />}
    >
      <Layout>
        <Layout.Section>
          <BlockStack gap="400">
            <ListCard title={t.carts} empty={t.noCarts} cut={person.hasMoreCarts ? t.cutCarts : null}>
              {person.carts.map((row) => (
                <CartLine key={row.id} row={row} nowMs={nowMs} />
              ))}
            </ListCard>
            <ListCard title={t.orders} empty={t.noOrders} cut={person.hasMoreOrders ? t.cutOrders : null}>
              {person.orders.map((order) => (
                <OrderLine key={order.id} order={order} nowMs={nowMs} />
              ))}
            </ListCard>
          </BlockStack>
        </Layout.Section>
        <Layout.Section variant="oneThird">
          <BlockStack gap="400">
            <Card>
              <BlockStack gap="200">
                <Text as="h2" variant="headingMd">
                  {t.identity}
                </Text>
                <Identity code={person.code} personId={known} reveal={reveal} />
                <Text as="p" tone="subdued">
                  {t.since} <TimeAgo atMs={person.firstSeenAtMs} nowMs={nowMs} />
                </Text>
                {merged > 0 && (
                  <Text as="p" tone="subdued">
                    {t.merged(merged)}
                  </Text>
                )}
              </BlockStack>
            </Card>
            {side}
            {(person.orders.length > 0 || reveal.reveal !== null) && (
              <Box paddingInline={{ xs: '400', sm: '0' }}>
                <Text as="p" tone="subdued" variant="bodySm">
                  {t.recorded}
                </Text>
              </Box>
            )}
          </BlockStack>
        </Layout.Section>
      </Layout>
    </Page>
  );
}

interface ListCardProps {
  readonly title: string;
  readonly empty: string;
  /** What is said when not all are shown. */
  readonly cut: ((count: number) => string) | null;
  readonly children: readonly ReactNode[];
}

function ListCard({ title, empty, cut, children }: ListCardProps) {
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          {title}
        </Text>
        {children.length === 0 ? (
          <Text as="p" tone="subdued">
            {empty}
          </Text>
        ) : (
          <ul className="ci-rows">{children}</ul>
        )}
        {cut !== null && (
          <Text as="p" tone="subdued">
            {cut(children.length)}
          </Text>
        )}
      </BlockStack>
    </Card>
  );
}

function CartLine({ row, nowMs }: { readonly row: CartRow; readonly nowMs: number }) {
  const shop = useShopDisplay();
  const status = cartStatus(row, shop.idleAfterMinutes, nowMs);
  return (
    <li>
      <InlineStack gap="200" blockAlign="center">
        <Link
          url={`/app/carts/${row.id}`}
          accessibilityLabel={texts.carts.openCart(
            t.cart,
            row.itemCount,
            formatAgo(row.lastChangedAtMs, nowMs, shop.timeZone),
          )}
        >
          {texts.carts.items(row.itemCount)}
        </Link>
        <StatusBadge status={status} isCancelled={row.isCancelled} />
      </InlineStack>
      <Amount minor={row.valueMinor} currency={row.currency} atMs={row.lastChangedAtMs} nowMs={nowMs} />
    </li>
  );
}

function OrderLine({ order, nowMs }: { readonly order: PersonOrder; readonly nowMs: number }) {
  const name = order.name ?? t.unnamedOrder;
  return (
    <li>
      <InlineStack gap="200" blockAlign="center">
        {order.cartId === null ? <Text as="span">{name}</Text> : <Link url={`/app/carts/${order.cartId}`}>{name}</Link>}
        {order.isCancelled && (
          <Badge tone="critical" toneAndProgressLabelOverride={texts.status.spoken}>
            {t.cancelled}
          </Badge>
        )}
      </InlineStack>
      <Amount minor={order.valueMinor} currency={order.currency} atMs={order.orderedAtMs} nowMs={nowMs} />
    </li>
  );
}

interface AmountProps {
  readonly minor: number | null;
  readonly currency: string | null;
  readonly atMs: number;
  readonly nowMs: number;
}

function Amount({ minor, currency, atMs, nowMs }: AmountProps) {
  const shop = useShopDisplay();
  return (
    <span className="ci-amount">
      <Text as="span" numeric>
        {minor === null ? texts.common.none : formatMoney(minor, currency, shop)}
      </Text>
      <br />
      <Text as="span" tone="subdued" variant="bodySm">
        <TimeAgo atMs={atMs} nowMs={nowMs} />
      </Text>
    </span>
  );
}
