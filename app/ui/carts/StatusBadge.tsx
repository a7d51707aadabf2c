import { Badge, InlineStack, type BadgeProps } from '@shopify/polaris';

import type { CartStatus } from '#app/carts/status.ts';
import { texts } from '#app/ui/texts/texts.ts';

const LOOKS: Readonly<Record<CartStatus, Pick<BadgeProps, 'tone' | 'progress'>>> = {
  active: { tone: 'info', progress: 'incomplete' },
  checkout: { tone: 'info', progress: 'partiallyComplete' },
  abandoned: { tone: 'warning', progress: 'incomplete' },
  converted: { tone: 'success', progress: 'complete' },
  empty: {},
};

interface StatusBadgeProps {
  readonly status: CartStatus;
  /** The order was cancelled later. */
  readonly isCancelled: boolean;
}

/** A cart's status in words, with a colour and a shape that say the same. */
export function StatusBadge({ status, isCancelled }: StatusBadgeProps) {
  const badge = (
    <Badge {...LOOKS[status]} toneAndProgressLabelOverride={texts.status.spoken}>
      {texts.status.label[status]}
    </Badge>
  );
  if (!isCancelled) return badge;
  return (
    <InlineStack gap="100" wrap>
      {badge}
      <Badge tone="critical" toneAndProgressLabelOverride={texts.status.spoken}>
        {texts.status.cancelled}
      </Badge>
    </InlineStack>
  );
}
