import { useFetcher } from '@remix-run/react';
import { useAppBridge } from '@shopify/app-bridge-react';
import { Badge, Banner, BlockStack, Button, Card, InlineStack, Link, Select, Text } from '@shopify/polaris';
import { useState, type ReactNode } from 'react';

import type { ChoiceView } from '#app/privacy/choices/read-choice.ts';
import type { TakeBackReason } from '#app/privacy/choices/suppressions.ts';
import { texts } from '#app/ui/texts/texts.ts';
import { choiceTexts as t } from '#app/ui/texts/choices.ts';
import { TimeAgo } from '#app/ui/TimeAgo.tsx';
import { useFocusAfter } from '#app/ui/use-focus-after.ts';

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
  // Granted a moment ago, and the webhook that says so is on its way.
  const [isAllowed, setAllowed] = useState(false);
  const mayTell = choice.mayTell || isAllowed;
  const actions = useFocusAfter(`${choice.choice}/${String(mayTell)}`);
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
        {isUntold && mayTell && <Text as="p">{t.unconfirmed}</Text>}
        {isUntold && !mayTell && <NotAllowed mayAnswer={mayAnswer} onAllowed={() => setAllowed(true)} />}
        {/* What was set here was not asked of Shopify in that moment. */}
        {choice.checkedAtMs !== null && !isUntold && (
          <Text as="p" tone="subdued">
            {t.checked} <TimeAgo atMs={choice.checkedAtMs} nowMs={nowMs} />
          </Text>
        )}
        {isOptedOut && choice.source === 'shopify' && <Text as="p">{t.ofShopify}</Text>}
        {mayAnswer && (
          <div ref={actions}>
            <BlockStack gap="200">
              {!isOptedOut && <OptOut key="opt-out" />}
              {isOptedOut && choice.source !== 'shopify' && <TakeBack key="take-back" />}
              <Link url={`/app/requests/new?kind=objection&person=${personId}`}>{t.objection}</Link>
            </BlockStack>
          </div>
        )}
      </BlockStack>
    </Card>
  );
}

interface NotAllowedProps {
  readonly mayAnswer: boolean;
  readonly onAllowed: () => void;
}

/** The shop has not granted the one right to write that the app would use: says so, and asks when it is pressed. */
function NotAllowed({ mayAnswer, onAllowed }: NotAllowedProps) {
  const shopify = useAppBridge();
  const [isBusy, setBusy] = useState(false);
  const ask = async () => {
    setBusy(true);
    try {
      const { result } = await shopify.scopes.request(['write_privacy_settings']);
      shopify.toast.show(result === 'granted-all' ? t.allowed : t.declined);
      if (result === 'granted-all') onAllowed();
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
  const isBusy = fetcher.state !== 'idle';
  return (
    <Asking
      label={t.optOut}
      isBusy={isBusy}
      answer={
        <Button
          tone="critical"
          loading={isBusy}
          onClick={() => fetcher.submit({ intent: 'opt-out' }, { method: 'post' })}
        >
          {t.yes}
        </Button>
      }
    >
      <Text as="p">{t.confirm}</Text>
      {!isBusy && fetcher.data?.outcome === 'gone' && <Banner tone="critical">{t.failed}</Banner>}
    </Asking>
  );
}

function TakeBack() {
  const fetcher = useFetcher<Outcome>();
  const [why, setWhy] = useState<TakeBackReason>('mistake');
  const isBusy = fetcher.state !== 'idle';
  const outcome = isBusy ? undefined : fetcher.data?.outcome;
  return (
    <Asking
      label={t.takeBack}
      isBusy={isBusy}
      answer={
        <Button loading={isBusy} onClick={() => fetcher.submit({ intent: 'take-back', why }, { method: 'post' })}>
          {t.takeBackYes}
        </Button>
      }
    >
      <Text as="p">{t.takeBackConfirm}</Text>
      <Select
        label={t.why}
        options={Object.entries(t.whys).map(([value, label]) => ({ value, label }))}
        value={why}
        onChange={(chosen) => setWhy(chosen === 'wish' ? 'wish' : 'mistake')}
      />
      {outcome === 'none' && <Banner tone="info">{t.nothingOurs}</Banner>}
      {outcome === 'gone' && <Banner tone="critical">{t.failed}</Banner>}
    </Asking>
  );
}

interface AskingProps {
  /** Of the button that asks. */
  readonly label: string;
  readonly isBusy: boolean;
  /** What is said and chosen before the answer. */
  readonly children: ReactNode;
  /** The button that does it. */
  readonly answer: ReactNode;
}

/** A button that asks first, in its own place. */
function Asking({ label, isBusy, children, answer }: AskingProps) {
  const [isAsking, setAsking] = useState(false);
  const element = useFocusAfter(isAsking ? 'asking' : 'idle');
  return (
    <div ref={element}>
      {isAsking ? (
        <BlockStack gap="200">
          {children}
          <InlineStack gap="200">
            {answer}
            <Button disabled={isBusy} onClick={() => setAsking(false)}>
              {t.cancel}
            </Button>
          </InlineStack>
        </BlockStack>
      ) : (
        <InlineStack>
          <Button onClick={() => setAsking(true)}>{label}</Button>
        </InlineStack>
      )}
    </div>
  );
}
