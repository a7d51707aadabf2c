import { useFetcher } from '@remix-run/react';
import { Banner, BlockStack, Button, ButtonGroup, Card, DataTable, List, Text } from '@shopify/polaris';

import type { ReceiptView } from '#app/privacy/desk/receipt.ts';
import type { ErasureView } from '#app/privacy/desk/request-page.ts';
import { formatAgo } from '#app/ui/format/time.ts';
import { deedLines } from '#app/ui/requests/receipt-lines.ts';
import { useShopDisplay } from '#app/ui/shop-display.tsx';
import { requests } from '#app/ui/texts/requests.ts';

const t = requests.receipt;

interface ReceiptCardProps {
  readonly code: string;
  readonly receipt: ReceiptView;
  readonly erasure: ErasureView;
  readonly nowMs: number;
}

/** What was erased, what was looked for afterwards, and until when copies can exist; to download and to check. */
export function ReceiptCard({ code, receipt, erasure, nowMs }: ReceiptCardProps) {
  const { timeZone } = useShopDisplay();
  const fetcher = useFetcher<{ check?: keyof typeof t.checks }>();
  const check = fetcher.data?.check ?? null;
  const { followed } = erasure;
  const more = erasure.blocked - receipt.blockedReturns;
  const since =
    more > 0 && erasure.lastBlockedAtMs !== null
      ? t.blockedSince(more, formatAgo(erasure.lastBlockedAtMs, nowMs, timeZone))
      : t.blockedNone;
  const address = `data:application/json;charset=utf-8,${encodeURIComponent(receipt.text)}`;
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          {t.heading}
        </Text>
        <Text as="p">{t.intro}</Text>
        {receipt.erasedAtMs === null ? (
          <Text as="p">{t.nothing}</Text>
        ) : (
          <>
            <List>
              {deedLines(receipt, timeZone).map((line) => (
                <List.Item key={line}>{line}</List.Item>
              ))}
            </List>
            {receipt.kind === 'erasure' && (more > 0 || followed === null) && <Text as="p">{since}</Text>}
            {followed !== null && (
              <Text as="p">
                {t.followedSince(followed.rows, followed.keys, formatAgo(followed.atMs, nowMs, timeZone))}
              </Text>
            )}
            {receipt.tables.length > 0 && (
              <DataTable
                columnContentTypes={['text', 'numeric', 'numeric']}
                headings={t.columns}
                rows={receipt.tables.map(({ table, before, after }) => [table, before, after])}
                increasedTableDensity
              />
            )}
          </>
        )}
        <div role="status">
          {check !== null && <Banner tone={check === 'genuine' ? 'success' : 'critical'}>{t.checks[check]}</Banner>}
        </div>
        <ButtonGroup>
          <Button url={address} download={t.file(code)}>
            {t.download}
          </Button>
          <Button
            loading={fetcher.state !== 'idle'}
            onClick={() => fetcher.submit({ intent: 'check' }, { method: 'post' })}
          >
            {t.check}
          </Button>
        </ButtonGroup>
      </BlockStack>
    </Card>
  );
}
