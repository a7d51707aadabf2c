import { BlockStack, Card, InlineStack, Text, Thumbnail } from '@shopify/polaris';
import { ImageIcon } from '@shopify/polaris-icons';

import type { CartLine, CartView } from '#app/carts/cart-view.ts';
import type { ContentOrigin } from '#app/carts/line.ts';
import { formatMoney } from '#app/ui/format/money.ts';
import { useShopDisplay } from '#app/ui/shop-display.tsx';
import { cartTexts } from '#app/ui/texts/cart.ts';
import { texts } from '#app/ui/texts/texts.ts';

const ORIGIN_NOTES: Readonly<Record<ContentOrigin, string | null>> = {
  cart: null,
  checkout: cartTexts.contentsFromCheckout,
  order: cartTexts.contentsFromOrder,
};

/** What is in the cart, with pictures where the catalogue has them, and the total. */
export function CartLines({ cart }: { readonly cart: CartView }) {
  const shop = useShopDisplay();
  const { row, lines, contentOrigin } = cart;
  const money = (minor: number | null) => (minor === null ? texts.common.none : formatMoney(minor, row.currency, shop));
  const note = contentOrigin === null ? null : ORIGIN_NOTES[contentOrigin];
  return (
    <Card>
      <BlockStack gap="400">
        <InlineStack align="space-between" blockAlign="center" gap="200">
          <Text as="h2" variant="headingMd">
            {cartTexts.contents}
          </Text>
          <Text as="span" tone="subdued">
            {texts.carts.items(row.itemCount)}
          </Text>
        </InlineStack>
        {note !== null && (
          <Text as="p" tone="subdued">
            {note}
          </Text>
        )}
        {lines.length === 0 ? (
          <Text as="p" tone="subdued">
            {cartTexts.noContents}
          </Text>
        ) : (
          <ul className="ci-lines">
            {lines.map((line, index) => (
              // The same variant can stand on two lines, so its place is part of what it is.
              <Line key={`${line.variantId ?? line.title}/${String(index)}`} line={line} money={money} />
            ))}
          </ul>
        )}
        <InlineStack align="space-between">
          <Text as="span" fontWeight="semibold">
            {cartTexts.total}
          </Text>
          <Text as="span" fontWeight="semibold" numeric>
            {money(row.valueMinor)}
          </Text>
        </InlineStack>
      </BlockStack>
    </Card>
  );
}

interface LineProps {
  readonly line: CartLine;
  readonly money: (minor: number | null) => string;
}

function Line({ line, money }: LineProps) {
  const title = line.title === '' ? cartTexts.untitledItem : line.title;
  // Shopify's cart webhooks put the variant into the title as well.
  const variant = line.variantTitle !== null && !title.includes(line.variantTitle) ? line.variantTitle : null;
  return (
    <li>
      <Thumbnail size="small" source={line.picture?.url ?? ImageIcon} alt={line.picture?.alt ?? ''} />
      <BlockStack gap="050">
        <span className="ci-wrap">
          <Text as="span" fontWeight="medium">
            <bdi>{title}</bdi>
          </Text>
        </span>
        {variant !== null && (
          <span className="ci-wrap">
            <Text as="span" tone="subdued">
              {variant}
            </Text>
          </span>
        )}
        <Text as="span" tone="subdued" numeric>
          {cartTexts.quantityTimes(line.quantity, money(line.unitMinor))}
        </Text>
      </BlockStack>
      <span className="ci-amount">
        <Text as="span" visuallyHidden>
          {cartTexts.linePrice}
        </Text>
        <Text as="span" numeric>
          {money(line.lineMinor)}
        </Text>
      </span>
    </li>
  );
}
