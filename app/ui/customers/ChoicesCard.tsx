import { useFetcher, useRevalidator } from '@remix-run/react';
import { useAppBridge } from '@shopify/app-bridge-react';
import { Badge, Banner, BlockStack, Button, Card, InlineStack, Link, Select, Text } from '@shopify/polaris';
import { useState } from 'react';

import type { ChoiceView } from '#app/privacy/choices/read-choice.ts';
import type { TakeBackReason } from '#app/privacy/choices/suppressions.ts';
import { texts } from '#app/ui/texts/texts.ts';
import { choiceTexts as t } from '#app/ui/texts/choices.ts';
import { TimeAgo } from '#app/ui/TimeAgo.tsx';

interface ChoicesCardProps {
  readonly personId: string;
  readonly choice: ChoiceView;
  readonly nowMs: number;
  /** Whether whoever looks may answer for the customer. */
  readonly mayAnswer: boolean;
}

/** What came of a press of a button; see the route of the page. */
interface Outcome {
  readonly outcome: 'done' | 'none' | 'gone';
}

/** What the customer does not want done with their data, and the buttons that set it for them and take it back. */
export function ChoicesCard({ personId, choice, nowMs, mayAnswer }: ChoicesCardProps) {
  const by = Object.entries(t.by).find(([source]) => source === choice.source)?.[1];
  const isOptedOut = choice.choice === 'opted-out';
  const isUntold = choice.sinceMs !== null && !choice.isConfirmed;
  return (
    <Card>
      <BlockStack gap="200">
        <Text as="h2" variant="headingMd">
          {t.title}
        </Text>
        <InlineStack>
          <Badge {...(isOptedOut ? { tone: 'attention' } : {})} toneAndProgressLabelOverride={texts.status.spoken}>
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
        {isUntold && choice.mayTell && <Text as="p">{t.unconfirmed}</Text>}
        {isUntold && !choice.mayTell && <NotAllowed mayAnswer={mayAnswer} />}
        {/* What was set here was not asked of Shopify in that moment. */}
        {choice.checkedAtMs !== null && !isUntold && (
          <Text as="p" tone="subdued">
            {t.checked} <TimeAgo atMs={choice.checkedAtMs} nowMs={nowMs} />
          </Text>
        )}
        {isOptedOut && choice.source === 'shopify' && <Text as="p">{t.ofShopify}</Text>}
        {mayAnswer && !isOptedOut && <OptOut key="opt-out" />}
        {mayAnswer && isOptedOut && choice.source !== 'shopify' && <TakeBack key="take-back" />}
        {mayAnswer && <Link url={`/app/requests/new?kind=objection&person=${personId}`}>{t.objection}</Link>}
      </BlockStack>
    </Card>
  );
}

/** The shop has not granted the one right to write that the app would use: says so, and asks when it is pressed. */
function NotAllowed({ mayAnswer }: { readonly mayAnswer: boolean }) {
  const shopify = useAppBridge();
  const { revalidate } = useRevalidator();
  const [isBusy, setBusy] = useState(false);
  const ask = async () => {
    setBusy(true);
    try {
      const { result } = await shopify.scopes.request(['write_privacy_settings']);
      shopify.toast.show(result === 'granted-all' ? t.allowed : t.declined);
      revalidate();
    } catch {
      shopify.toast.show(t.failed, { isError: true });
    }
    setBusy(false);
  };
  return (
    <Banner tone="warning">
      <BlockStack gap="200">
        <Text as="p">{t.notAllowed}</Text>
        {mayAnswer && (
          <InlineStack>
            <Button loading={isBusy} onClick={() => void ask()}>
              {t.allow}
            </Button>
          </InlineStack>
        )}
      </BlockStack>
    </Banner>
  );
}

function OptOut() {
  const fetcher = useFetcher<Outcome>();
  const [isAsking, setAsking] = useState(false);
  if (!isAsking)
    return (
      <InlineStack>
        <Button onClick={() => setAsking(true)}>{t.optOut}</Button>
      </InlineStack>
    );
  const isBusy = fetcher.state !== 'idle';
  return (
    <BlockStack gap="200">
      <Text as="p">{t.confirm}</Text>
      {!isBusy && fetcher.data?.outcome === 'gone' && <Banner tone="critical">{t.failed}</Banner>}
      <InlineStack gap="200">
        <Button
          tone="critical"
          loading={isBusy}
          onClick={() => fetcher.submit({ intent: 'opt-out' }, { method: 'post' })}
        >
          {t.yes}
        </Button>
        <Button disabled={isBusy} onClick={() => setAsking(false)}>
          {t.cancel}
        </Button>
      </InlineStack>
    </BlockStack>
  );
}

function TakeBack() {
  const fetcher = useFetcher<Outcome>();
  const [isAsking, setAsking] = useState(false);
  const [why, setWhy] = useState<TakeBackReason>('mistake');
  if (!isAsking)
    return (
      <InlineStack>
        <Button onClick={() => setAsking(true)}>{t.takeBack}</Button>
      </InlineStack>
    );
  const isBusy = fetcher.state !== 'idle';
  const outcome = isBusy ? undefined : fetcher.data?.outcome;
  return (
    <BlockStack gap="200">
      <Text as="p">{t.takeBackConfirm}</Text>
      <Select
        label={t.why}
        options={Object.entries(t.whys).map(([value, label]) => ({ value, label }))}
        value={why}
        onChange={(chosen) => setWhy(chosen === 'wish' ? 'wish' : 'mistake')}
      />
      {outcome === 'none' && <Banner tone="info">{t.nothingOurs}</Banner>}
      {outcome === 'gone' && <Banner tone="critical">{t.failed}</Banner>}
      <InlineStack gap="200">
        <Button loading={isBusy} onClick={() => fetcher.submit({ intent: 'take-back', why }, { method: 'post' })}>
          {t.takeBackYes}
        </Button>
        <Button disabled={isBusy} onClick={() => setAsking(false)}>
          {t.cancel}
        </Button>
      </InlineStack>
    </BlockStack>
  );
}
