import { Button, InlineStack, Text } from '@shopify/polaris';

import { formatHeard } from '#app/ui/format/time.ts';
import type { Liveness } from '#app/ui/live/use-changes.ts';
import { useNow } from '#app/ui/live/use-now.ts';
import { useShopDisplay } from '#app/ui/shop-display.tsx';
import { texts } from '#app/ui/texts/texts.ts';

export interface LiveLineProps {
  readonly liveness: Liveness;
  /** When the newest webhook came. */
  readonly heardAtMs: number | null;
  /** When the server last answered, by its clock. */
  readonly readAtMs: number;
  /** Absent where there is nothing to pause. */
  readonly onTogglePause?: () => void;
}

/** "Live · last heard 5 s ago": says at all times how fresh the page is, and lets it be paused. */
export function LiveLine({ liveness, heardAtMs, readAtMs, onTogglePause }: LiveLineProps) {
  const { timeZone } = useShopDisplay();
  const nowMs = useNow(readAtMs, 1_000);
  const isPaused = liveness === 'paused';
  const heard = heardAtMs === null ? null : formatHeard(heardAtMs, nowMs, timeZone);
  return (
    <InlineStack gap="200" blockAlign="center" wrap>
      <span className="ci-live" data-state={liveness} aria-hidden="true" />
      <Text as="span" variant="bodySm" tone="subdued" numeric>
        {sentence(liveness, heard)}
      </Text>
      {/* The seconds tick for the eye only; a screen reader hears when the state changes. */}
      <span className="ci-visually-hidden" role="status">
        {sentence(liveness, null)}
      </span>
      {onTogglePause !== undefined && (
        <Button
          variant="plain"
          size="micro"
          onClick={onTogglePause}
          accessibilityLabel={isPaused ? texts.live.resumeLabel : texts.live.pauseLabel}
        >
          {isPaused ? texts.live.resume : texts.live.pause}
        </Button>
      )}
    </InlineStack>
  );
}

function sentence(liveness: Liveness, heard: string | null): string {
  switch (liveness) {
    case 'live':
      return heard === null ? texts.live.liveNothingYet : texts.live.live(heard);
    case 'trying':
      return heard === null ? texts.live.tryingNothingYet : texts.live.trying(heard);
    case 'signed-out':
      return texts.live.signedOut;
    case 'paused':
      return texts.live.paused;
  }
}
