import { Badge, BlockStack, Card, InlineStack, Text } from '@shopify/polaris';

import type { RetentionView } from '#app/privacy/retention/page.ts';
import type { RunSummary } from '#app/privacy/retention/list-runs.ts';
import { formatAgo } from '#app/ui/format/time.ts';
import { useShopDisplay } from '#app/ui/shop-display.tsx';
import { retention } from '#app/ui/texts/retention.ts';
import { TimeAgo } from '#app/ui/TimeAgo.tsx';

const t = retention.runs;
const TONES = { running: 'info', done: 'success', stopped: 'warning' } as const;

interface RunsCardProps {
  readonly runs: readonly RunSummary[];
  readonly refused: RetentionView['refused'];
  readonly nowMs: number;
}

/** The runs there were, newest first, with what each removed. */
export function RunsCard({ runs, refused, nowMs }: RunsCardProps) {
  const { timeZone } = useShopDisplay();
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          {t.title}
        </Text>
        {refused !== null && (
          <Text as="p">{t.refused(refused.count, formatAgo(refused.lastAtMs, nowMs, timeZone))}</Text>
        )}
        {runs.length === 0 && <Text as="p">{t.none}</Text>}
        {runs.length > 0 && (
          <BlockStack as="ul" gap="400">
            {runs.map((run) => (
              <li key={run.id} className="ci-plain-item">
                <BlockStack gap="100">
                  <InlineStack gap="200" blockAlign="center">
                    <Text as="span" fontWeight="medium">
                      <TimeAgo atMs={run.startedAtMs} nowMs={nowMs} />
                    </Text>
                    <Badge tone={TONES[run.state]}>{t.states[run.state]}</Badge>
                    <Text as="span" tone="subdued">
                      {t.by[run.by]}
                    </Text>
                  </InlineStack>
                  <Text as="p">{sentenceOf(run)}</Text>
                </BlockStack>
              </li>
            ))}
          </BlockStack>
        )}
      </BlockStack>
    </Card>
  );
}

function sentenceOf({ state, reason, planned, removed }: RunSummary): string {
  const parts = Object.entries(t.counts).flatMap(([name, say]) => {
    const count = removed[name] ?? 0;
    return count === 0 ? [] : [say(count)];
  });
  const sentences = [
    ...(state === 'running' ? [t.planned(Object.values(planned).reduce((sum, count) => sum + count, 0))] : []),
    ...(parts.length > 0 ? [t.removed(parts)] : state === 'done' ? [t.nothing] : []),
    ...(reason === null ? [] : [t.reasons[reason]]),
  ];
  return sentences.join(' ');
}
