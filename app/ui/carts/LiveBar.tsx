import { Box, InlineStack } from '@shopify/polaris';

import { StatusDefinitions } from '#app/ui/carts/StatusDefinitions.tsx';
import { LiveLine, type LiveLineProps } from '#app/ui/live/LiveLine.tsx';

/** Above every live page: how fresh it is, and what its words mean. */
export function LiveBar(props: LiveLineProps) {
  return (
    <Box paddingInline={{ xs: '400', sm: '0' }}>
      <InlineStack align="space-between" blockAlign="center" gap="200">
        <LiveLine {...props} />
        <StatusDefinitions />
      </InlineStack>
    </Box>
  );
}
