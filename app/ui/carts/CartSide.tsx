import { Badge, BlockStack, Box, Card, InlineStack, Link, Text } from '@shopify/polaris';
import type { ReactNode } from 'react';

import type { CartView, CheckoutView, OrderView } from '#app/carts/cart-view.ts';
import { Identity } from '#app/ui/people/Identity.tsx';
import { useMay } from '#app/ui/people/staff-access.tsx';
import type { Reveal } from '#app/ui/people/use-reveal.ts';
import { formatMoney } from '#app/ui/format/money.ts';
import { useShopDisplay } from '#app/ui/shop-display.tsx';
import { cartTexts } from '#app/ui/texts/cart.ts';
import { texts } from '#app/ui/texts/texts.ts';
import { TimeAgo } from '#app/ui/TimeAgo.tsx';

interface CartSideProps {
  readonly cart: CartView;
  readonly reveal: Reveal;
  readonly nowMs: number;
}

/** Beside the cart: whose it is, what became of it, where it goes, and how sure that is. */
export function CartSide({ cart, reveal, nowMs }: CartSideProps) {
  const { row, checkouts, orders, place, personEvidence } = cart;
  const mayOpenCustomers = useMay('customers');
  return (
    <BlockStack gap="400">
      <SideCard title={cartTexts.person}>
        <Identity code={row.personCode} personId={row.personId} reveal={reveal} />
        {personEvidence !== null && <Text as="p">{cartTexts.evidence[personEvidence]}</Text>}
        {row.personCode === null && (
          <Text as="p" tone="subdued">
            {cartTexts.guestExplained}
          </Text>
        )}
        {row.personId !== null && mayOpenCustomers && (
          <Link url={`/app/customers/${row.personId}`}>{cartTexts.allCarts}</Link>
        )}
      </SideCard>
      <SideCard title={cartTexts.checkoutAndOrder}>
        {orders.map((order, index) => (
          <Order key={index} order={order} nowMs={nowMs} />
        ))}
        {checkouts.map((checkout, index) => (
          <Checkout key={index} checkout={checkout} nowMs={nowMs} />
        ))}
        {orders.length + checkouts.length === 0 && (
          <Text as="p" tone="subdued">
            {cartTexts.noCheckout}
          </Text>
        )}
      </SideCard>
      <SideCard title={cartTexts.place}>
        {place === null ? (
          <Text as="p" tone="subdued">
            {cartTexts.noPlace}
          </Text>
        ) : (
          <Text as="p">{[place.province, place.country].filter((part) => part !== null).join(', ')}</Text>
        )}
      </SideCard>
      <Box paddingInline={{ xs: '400', sm: '0' }}>
        <Text as="p" tone="subdued" variant="bodySm">
          {cartTexts.recorded}
        </Text>
      </Box>
    </BlockStack>
  );
}

function SideCard({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Card>
      <BlockStack gap="200">
        <Text as="h2" variant="headingMd">
          {title}
        </Text>
        {children}
      </BlockStack>
    </Card>
  );
}

function Order({ order, nowMs }: { readonly order: OrderView; readonly nowMs: number }) {
  const shop = useShopDisplay();
  const { name, valueMinor, currency, orderedAtMs, cancelledAtMs, evidence } = order;
  return (
    <BlockStack gap="050">
      <InlineStack gap="200" blockAlign="center">
        <Text as="h3" variant="headingSm">
          {name === null ? cartTexts.unnamedOrder : `${cartTexts.order} ${name}`}
        </Text>
        {cancelledAtMs !== null && (
          <Badge tone="critical" toneAndProgressLabelOverride={texts.status.spoken}>
            {cartTexts.cancelledAt}
          </Badge>
        )}
      </InlineStack>
      {valueMinor !== null && <Fact label={cartTexts.totalCharged}>{formatMoney(valueMinor, currency, shop)}</Fact>}
      <Fact label={cartTexts.placedAt}>
        <TimeAgo atMs={orderedAtMs} nowMs={nowMs} />
      </Fact>
      {cancelledAtMs !== null && (
        <Fact label={cartTexts.cancelledAt}>
          <TimeAgo atMs={cancelledAtMs} nowMs={nowMs} />
        </Fact>
      )}
      {evidence !== null && (
        <Text as="p" tone="subdued">
          {cartTexts.orderEvidence[evidence]}
        </Text>
      )}
    </BlockStack>
  );
}

function Checkout({ checkout, nowMs }: { readonly checkout: CheckoutView; readonly nowMs: number }) {
  const shop = useShopDisplay();
  const { startedAtMs, completedAtMs, valueMinor, currency } = checkout;
  return (
    <BlockStack gap="050">
      <Text as="h3" variant="headingSm">
        {cartTexts.checkout}
      </Text>
      {valueMinor !== null && <Fact label={cartTexts.totalCharged}>{formatMoney(valueMinor, currency, shop)}</Fact>}
      <Fact label={cartTexts.startedAt}>
        <TimeAgo atMs={startedAtMs} nowMs={nowMs} />
      </Fact>
      {completedAtMs !== null && (
        <Fact label={cartTexts.checkoutCompleted}>
          <TimeAgo atMs={completedAtMs} nowMs={nowMs} />
        </Fact>
      )}
    </BlockStack>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <InlineStack align="space-between" gap="200">
      <Text as="span" tone="subdued">
        {label}
      </Text>
      <Text as="span" numeric>
        {children}
      </Text>
    </InlineStack>
  );
}
