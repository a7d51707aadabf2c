import { BlockStack, Box, Card, Text } from '@shopify/polaris';

import emptyCart from '#app/ui/images/empty-cart.svg?url';

interface FirstUseProps {
  readonly heading: string;
  readonly body: string;
  /** What will never appear, and why. */
  readonly before?: string;
}

/** In the place of a list that has nothing yet: what will appear, and when. */
export function FirstUse(words: FirstUseProps) {
  return (
    <Card>
      <NothingYet {...words} />
    </Card>
  );
}

/** The same inside a card. */
export function NothingYet({ heading, body, before }: FirstUseProps) {
  return (
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
            {before !== undefined && (
              <Text as="p" alignment="center" tone="subdued">
                {before}
              </Text>
            )}
          </BlockStack>
        </Box>
      </BlockStack>
    </Box>
  );
}
