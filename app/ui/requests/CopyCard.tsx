import { useFetcher, useRevalidator } from '@remix-run/react';
import { Banner, BlockStack, Button, ButtonGroup, Card, Checkbox, InlineGrid, Text } from '@shopify/polaris';
import { useState } from 'react';

import type { CopyView, RequestView } from '#app/privacy/desk/read.ts';
import { useShopDisplay } from '#app/ui/shop-display.tsx';
import { formatAgo, formatTime } from '#app/ui/format/time.ts';
import { requests } from '#app/ui/texts/requests.ts';

const t = requests;
const c = t.copy;

/** The copy made for a request: how much is in it, and what can be done with it now. */
export function CopyCard({ request, mayAnswer }: { readonly request: RequestView; readonly mayAnswer: boolean }) {
  const { copy, may, state } = request;
  const isMaking = state === 'received' || state === 'working';
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          {c.heading}
        </Text>
        {isMaking && (
          <p role="status">
            <Text as="span">{c.none}</Text>
          </p>
        )}
        {copy !== null && <CopyState copy={copy} nowMs={request.nowMs} />}
        {state === 'review' && may.release && (
          <Text as="p">
            {c.review} {c.unreviewed}
          </Text>
        )}
        {mayAnswer && <CopyActions request={request} />}
      </BlockStack>
    </Card>
  );
}

function CopyState({ copy, nowMs }: { readonly copy: CopyView; readonly nowMs: number }) {
  const { timeZone } = useShopDisplay();
  const ago = (ms: number) => formatAgo(ms, nowMs, timeZone);
  return (
    <BlockStack gap="300">
      <InlineGrid columns={{ xs: 2, md: 3 }} gap="200">
        {inReadingOrder(copy.counts).map(([section, count]) => (
          <Text key={section} as="p">
            <Text as="span" fontWeight="semibold" numeric>
              {count}
            </Text>{' '}
            {c.sections[section] ?? section}
          </Text>
        ))}
      </InlineGrid>
      <Text as="p" tone="subdued">
        {c.made(ago(copy.madeAtMs))}
        {copy.previewedAtMs !== null && ` · ${c.previewed(ago(copy.previewedAtMs))}`}
        {copy.endedAtMs === null && ` · ${c.expires(formatTime(copy.expiresAtMs, nowMs, timeZone))}`}
      </Text>
      {copy.releaseReason === 'day-25' && <Text as="p">{c.releasedByClock}</Text>}
      {copy.endReason !== null && <Banner>{c.ended[copy.endReason]}</Banner>}
    </BlockStack>
  );
}

/** The database keeps names in an order of its own. */
function inReadingOrder(counts: CopyView['counts']): (readonly [string, number])[] {
  const order = Object.keys(c.sections);
  return Object.entries(counts).sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
}

function CopyActions({ request }: { readonly request: RequestView }) {
  const { id, code, may } = request;
  const fetcher = useFetcher();
  const [namesStaff, setNamesStaff] = useState(request.copy?.namesStaff ?? false);
  const download = useDownload(id, t.copy.file(code));
  const send = (intent: string, more: Readonly<Record<string, string>> = {}) =>
    fetcher.submit({ intent, ...more }, { method: 'post' });
  const isBusy = fetcher.state !== 'idle';
  return (
    <BlockStack gap="300">
      {may.download && <Text as="p">{c.downloadOnce}</Text>}
      {download.hasFailed && (
        <div role="alert">
          <Banner tone="critical">{c.downloadFailed}</Banner>
        </div>
      )}
      {may.again && <Checkbox label={c.namesStaff} checked={namesStaff} onChange={setNamesStaff} />}
      <ButtonGroup>
        {may.release && (
          <Button variant="primary" loading={isBusy} onClick={() => send('release')}>
            {c.release}
          </Button>
        )}
        {may.download && (
          <Button variant="primary" loading={download.isBusy} onClick={download.start}>
            {c.download}
          </Button>
        )}
        {may.close && (
          <Button variant="primary" loading={isBusy} onClick={() => send('close')}>
            {c.handedOver}
          </Button>
        )}
        {may.preview && <Button url={`/app/requests/${id}/copy`}>{c.preview}</Button>}
        {may.again && (
          <Button loading={isBusy} onClick={() => send('again', namesStaff ? { namesStaff: 'on' } : {})}>
            {c.again}
          </Button>
        )}
      </ButtonGroup>
    </BlockStack>
  );
}

/** Fetches the archive, once, and hands it to the browser as a file. */
function useDownload(id: string, fileName: string) {
  const [isBusy, setBusy] = useState(false);
  const [hasFailed, setFailed] = useState(false);
  const { revalidate } = useRevalidator();
  const start = () => {
    setBusy(true);
    setFailed(false);
    fetch(`/app/requests/${id}/download`, { method: 'POST' })
      .then(async (answer) => {
        if (!answer.ok) throw new Error('refused');
        saveAs(await answer.blob(), fileName);
      })
      .catch(() => setFailed(true))
      .finally(() => {
        setBusy(false);
        revalidate();
      });
  };
  return { isBusy, hasFailed, start };
}

function saveAs(blob: Blob, fileName: string): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(address);
}
