import { BlockStack, Text } from '@shopify/polaris';

import type { CartView } from '#app/carts/cart-view.ts';
import type { ItemName, LineChange, TimelineEntry } from '#app/carts/timeline.ts';
import { formatMoney } from '#app/ui/format/money.ts';
import { useShopDisplay } from '#app/ui/shop-display.tsx';
import { cartTexts } from '#app/ui/texts/cart.ts';
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
          {cartTexts.timelineCut(states)}
        </Text>
      )}
    </BlockStack>
  );
}

function sentences(entry: TimelineEntry, money: (minor: number) => string): string[] {
  switch (entry.kind) {
    case 'started':
      return entry.changes.length === 0
        ? [cartTexts.startedEmpty]
        : [cartTexts.started, ...entry.changes.map((change) => changeSentence(change, money))];
    case 'changed':
      return entry.changes.map((change) => changeSentence(change, money));
    case 'checkout-started':
      return [cartTexts.checkoutStarted];
    case 'checkout-deleted':
      return [cartTexts.checkoutDeleted];
    case 'order-placed':
      return [cartTexts.orderPlaced(entry.orderName ?? null)];
    case 'order-cancelled':
      return [cartTexts.orderCancelled(entry.orderName ?? null)];
  }
}

function changeSentence(change: LineChange, money: (minor: number) => string): string {
  const item = itemName(change.item);
  switch (change.kind) {
    case 'added':
      return cartTexts.added(item, change.quantity);
    case 'removed':
      return cartTexts.removed(item, change.quantity);
    case 'quantity':
      return cartTexts.quantityChanged(item, change.from, change.to);
    case 'price':
      return cartTexts.priceChanged(item, money(change.fromMinor), money(change.toMinor));
  }
}

function itemName({ title, variantTitle }: ItemName): string {
  const name = title === '' ? cartTexts.untitledItem : title;
  return isolated(variantTitle === null || name.includes(variantTitle) ? name : `${name} – ${variantTitle}`);
}

/** Letters that are written from right to left. */
const RIGHT_TO_LEFT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC]/;

/** A name in the middle of a sentence: one from the right to the left would turn "1 → 2" behind it around. */
function isolated(name: string): string {
  return RIGHT_TO_LEFT.test(name) ? `\u2068${name}\u2069` : name;
}
