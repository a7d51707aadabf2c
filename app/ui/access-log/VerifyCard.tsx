import { Banner, BlockStack, Button, Card, InlineStack, List, Text } from '@shopify/polaris';
import { useFetcher } from '@remix-run/react';

import type { CheckResult } from '#app/access/log/check.ts';
import { accessLogTexts } from '#app/ui/texts/access-log.ts';
import { TimeAgo } from '#app/ui/TimeAgo.tsx';

const words = accessLogTexts.verify;

/** Whether the chain of records is whole: the result, when, and the newest record, with a way to compute it anew. */
export function VerifyCard({ check, nowMs }: { readonly check: CheckResult | null; readonly nowMs: number }) {
  const fetcher = useFetcher<{ done: string }>();
  const isBusy = fetcher.state !== 'idle';
  return (
    <Card>
      <BlockStack gap="300">
        <InlineStack align="space-between" blockAlign="center" gap="200">
          <Text as="h2" variant="headingMd">
            {words.title}
          </Text>
          <fetcher.Form method="post">
            <input type="hidden" name="intent" value="verify" />
            <Button submit loading={isBusy}>
              {words.action}
            </Button>
          </fetcher.Form>
        </InlineStack>
        {check !== null && !check.isIntact ? (
          <Banner tone="critical" title={words.broken}>
            <BlockStack gap="200">
              <Text as="p">{words.brokenBody}</Text>
              <List>
                {check.faults.map((fault) => (
                  <List.Item key={fault}>{words.fault(fault)}</List.Item>
                ))}
              </List>
            </BlockStack>
          </Banner>
        ) : (
          <Text as="p">{check === null ? words.never : words.intact(check.records)}</Text>
        )}
        {check !== null && (
          <Text as="p" tone="subdued" variant="bodySm" breakWord>
            {words.when} <TimeAgo atMs={check.checkedAtMs} nowMs={nowMs} />.{' '}
            {words.head(check.head.seq, check.head.hash)}
          </Text>
        )}
        <div role="status" className="ci-spoken">
          {fetcher.state === 'idle' && fetcher.data?.done === 'verified' ? words.verified : ''}
        </div>
      </BlockStack>
    </Card>
  );
}
