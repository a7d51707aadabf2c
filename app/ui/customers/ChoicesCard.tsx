import { useFetcher } from '@remix-run/react';
import { Badge, Banner, BlockStack, Button, Card, InlineStack, Link, Text } from '@shopify/polaris';
import { useState } from 'react';

import type { ChoiceView } from '#app/privacy/choices/read-choice.ts';
import { texts } from '#app/ui/texts/texts.ts';
import { choiceTexts as t } from '#app/ui/texts/choices.ts';
import { TimeAgo } from '#app/ui/TimeAgo.tsx';

interface ChoicesCardProps {
  readonly choice: ChoiceView;
  readonly nowMs: number;
  /** Whether whoever looks may answer for the customer. */
  readonly mayAnswer: boolean;
}

/** What the customer does not want done with their data, and the button that sets it for them. */
export function ChoicesCard({ choice, nowMs, mayAnswer }: ChoicesCardProps) {
  const fetcher = useFetcher<{ done: boolean }>();
  const [isAsking, setAsking] = useState(false);
  const isBusy = fetcher.state !== 'idle';
  const hasFailed = !isBusy && fetcher.data?.done === false;
  const by = Object.entries(t.by).find(([source]) => source === choice.source)?.[1];
  return (
    <Card>
      <BlockStack gap="200">
        <Text as="h2" variant="headingMd">
          {t.title}
        </Text>
        <InlineStack>
          <Badge
            {...(choice.choice === 'opted-out' ? { tone: 'attention' } : {})}
            toneAndProgressLabelOverride={texts.status.spoken}
          >
            {t.states[choice.choice]}
          </Badge>
        </InlineStack>
        <Text as="p">{t.explained[choice.choice]}</Text>
        {choice.sinceMs !== null && (
          <Text as="p" tone="subdued">
            {t.since} <TimeAgo atMs={choice.sinceMs} nowMs={nowMs} />
            {by !== undefined && `, ${by}`}
          </Text>
        )}
        {choice.sinceMs !== null && !choice.isConfirmed && <Text as="p">{t.unconfirmed}</Text>}
        {choice.checkedAtMs !== null && (
          <Text as="p" tone="subdued">
            {t.checked} <TimeAgo atMs={choice.checkedAtMs} nowMs={nowMs} />
          </Text>
        )}
        {hasFailed && <Banner tone="critical">{t.failed}</Banner>}
        {mayAnswer && choice.choice !== 'opted-out' && !isAsking && (
          <InlineStack>
            <Button onClick={() => setAsking(true)}>{t.optOut}</Button>
          </InlineStack>
        )}
        {mayAnswer && choice.choice !== 'opted-out' && isAsking && (
          <fetcher.Form method="post">
            <BlockStack gap="200">
              <Text as="p">{t.confirm}</Text>
              <InlineStack gap="200">
                <Button submit loading={isBusy} tone="critical">
                  {t.yes}
                </Button>
                <Button disabled={isBusy} onClick={() => setAsking(false)}>
                  {t.cancel}
                </Button>
              </InlineStack>
            </BlockStack>
          </fetcher.Form>
        )}
        {mayAnswer && <Link url="/app/requests/new">{t.objection}</Link>}
      </BlockStack>
    </Card>
  );
}
