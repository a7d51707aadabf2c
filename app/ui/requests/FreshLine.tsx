import { Box, InlineStack, Text } from '@shopify/polaris';

import type { Liveness } from '#app/ui/live/use-changes.ts';
import { requests } from '#app/ui/texts/requests.ts';

const t = requests.fresh;

/** Whether what is shown is as it is now; a screen reader hears when that changes. */
export function FreshLine({ liveness }: { readonly liveness: Liveness }) {
  const words = liveness === 'live' || liveness === 'signed-out' ? t[liveness] : t.trying;
  return (
    <Box paddingInline={{ xs: '400', sm: '0' }}>
      <InlineStack gap="200" blockAlign="center">
        <span className="ci-live" data-state={liveness} aria-hidden="true" />
        <span role="status">
          <Text as="span" variant="bodySm" tone="subdued">
            {words}
          </Text>
        </span>
      </InlineStack>
    </Box>
  );
}
