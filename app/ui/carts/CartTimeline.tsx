import { BlockStack, Text } from '@shopify/polaris';

import type { CartView } from '#app/carts/read-cart.ts';
import type { ItemName, LineChange, TimelineEntry } from '#app/carts/timeline.ts';
import { formatMoney } from '#app/ui/format/money.ts';
import { useShopDisplay } from '#app/ui/shop-display.tsx';
import { texts } from '#app/ui/texts/texts.ts';
import { TimeAgo } from '#app/ui/TimeAgo.tsx';

/** What happened to the cart, newest first, told as differences. */
export function CartTimeline({ cart, nowMs }: { readonly cart: CartView; readonly nowMs: number }) {
  const shop = useShopDisplay();
  const money = (minor: number) => formatMoney(minor, cart.row.currency, shop);
  const states = cart.timeline.filter((entry) => entry.kind === 'changed' || entry.kind === 'started').length;
  return (
    <BlockStack gap="400">
      <ol className="ci-timeline">
        {cart.timeline.map((entry, index) => (
          <li key={`${String(entry.atMs)}/${String(index)}`} data-kind={entry.kind}>
            <BlockStack gap="050">
              <ul>
                {sentences(entry, money).map((sentence, line) => (
                  <li key={line} className="ci-wrap">
                    <Text as="span">{sentence}</Text>
                  </li>
                ))}
              </ul>
              <Text as="span" tone="subdued" variant="bodySm">
                <TimeAgo atMs={entry.atMs} nowMs={nowMs} />
              </Text>
            </BlockStack>
          </li>
        ))}
      </ol>
      {!cart.isTimelineWhole && (
        <Text as="p" tone="subdued">
          {texts.cart.timelineCut(states)}
        </Text>
      )}
    </BlockStack>
  );
}

function sentences(entry: TimelineEntry, money: (minor: number) => string): string[] {
  switch (entry.kind) {
    case 'started':
      return entry.changes.length === 0
        ? [texts.cart.startedEmpty]
        : [texts.cart.started, ...entry.changes.map((change) => changeSentence(change, money))];
    case 'changed':
      return entry.changes.map((change) => changeSentence(change, money));
    case 'checkout-started':
      return [texts.cart.checkoutStarted];
    case 'checkout-deleted':
      return [texts.cart.checkoutDeleted];
    case 'order-placed':
      return [texts.cart.orderPlaced(entry.orderName ?? null)];
    case 'order-cancelled':
      return [texts.cart.orderCancelled(entry.orderName ?? null)];
  }
}

function changeSentence(change: LineChange, money: (minor: number) => string): string {
  const item = itemName(change.item);
  switch (change.kind) {
    case 'added':
      return texts.cart.added(item, change.quantity);
    case 'removed':
      return texts.cart.removed(item, change.quantity);
    case 'quantity':
      return texts.cart.quantityChanged(item, change.from, change.to);
    case 'price':
      return texts.cart.priceChanged(item, money(change.fromMinor), money(change.toMinor));
  }
}

function itemName({ title, variantTitle }: ItemName): string {
  const name = title === '' ? texts.cart.untitledItem : title;
  return variantTitle === null || name.includes(variantTitle) ? name : `${name} – ${variantTitle}`;
}
