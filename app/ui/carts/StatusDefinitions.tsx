import { Button, Popover, Box, BlockStack, Text } from '@shopify/polaris';
import { InfoIcon } from '@shopify/polaris-icons';
import { useState } from 'react';

import { CART_STATUSES } from '#app/carts/status.ts';
import { useShopDisplay } from '#app/ui/shop-display.tsx';
import { texts } from '#app/ui/texts/texts.ts';

/** What each status means in this shop, one tap away from where the statuses stand. */
export function StatusDefinitions() {
  const [isOpen, setOpen] = useState(false);
  const { idleAfterMinutes } = useShopDisplay();
  const activator = (
    <Button variant="plain" icon={InfoIcon} disclosure={isOpen ? 'up' : 'down'} onClick={() => setOpen(!isOpen)}>
      {texts.carts.definitions}
    </Button>
  );
  return (
    <Popover active={isOpen} activator={activator} onClose={() => setOpen(false)} ariaHaspopup="dialog">
      <Box padding="400" maxWidth="22rem">
        <section aria-label={texts.carts.definitions}>
          <BlockStack gap="200">
            {CART_STATUSES.map((status) => (
              <Text as="p" key={status}>
                {texts.status.definition(status, idleAfterMinutes)}
              </Text>
            ))}
          </BlockStack>
        </section>
      </Box>
    </Popover>
  );
}
