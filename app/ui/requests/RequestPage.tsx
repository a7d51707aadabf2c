import { BlockStack, Badge, Banner, Card, InlineStack, Layout, List, Page, Text } from '@shopify/polaris';

import type { RequestView, StepView } from '#app/privacy/desk/read.ts';
import type { ReceiptView } from '#app/privacy/desk/receipt.ts';
import { CopyCard } from '#app/ui/requests/CopyCard.tsx';
import { dueBadge } from '#app/ui/requests/due.ts';
import { planOf } from '#app/ui/requests/plan.ts';
import { ReceiptCard } from '#app/ui/requests/ReceiptCard.tsx';
import { MoreActions, NotVerified } from '#app/ui/requests/RequestActions.tsx';
import { RequestSide } from '#app/ui/requests/RequestSide.tsx';
import { useProgress } from '#app/ui/requests/use-progress.ts';
import { requests } from '#app/ui/texts/requests.ts';
import { TimeAgo } from '#app/ui/TimeAgo.tsx';

const t = requests;

interface RequestPageProps {
  readonly request: RequestView;
  readonly receipt: ReceiptView | null;
  readonly shopDomain: string;
  readonly mayAnswer: boolean;
  readonly isTooLate: boolean;
}

/** One request: what is done and what is next, whom it is about, the copy or the receipt, and its history. */
export function RequestPage({ request, receipt, shopDomain, mayAnswer, isTooLate }: RequestPageProps) {
  const badge = dueBadge(request, request.nowMs);
  useProgress(isUnderWay(request));
  const isUnverified = request.source === 'individual' && request.state === 'paused';
  return (
    <Page
      backAction={{ content: t.page.back, url: '/app/requests' }}
      title={`${t.kinds[request.kind]} ${request.code}`}
      titleMetadata={
        <InlineStack gap="100">
          <Badge {...(request.state === 'residue' ? { tone: 'critical' } : {})}>{t.states[request.state]}</Badge>
          {badge !== null && request.state !== 'paused' && <Badge tone={badge.tone}>{badge.text}</Badge>}
        </InlineStack>
      }
    >
      <Layout>
        <Layout.Section>
          <BlockStack gap="400">
            {isTooLate && <Banner tone="warning">{t.actions.tooLate}</Banner>}
            {isUnverified && <NotVerified request={request} mayAnswer={mayAnswer} />}
            {request.state === 'residue' && (
              <Banner tone="critical" title={t.page.residue.title}>
                <p>{t.page.residue.body}</p>
                <List>
                  {request.residue.map((place) => (
                    <List.Item key={place}>{place}</List.Item>
                  ))}
                </List>
              </Banner>
            )}
            {!request.held && <Banner>{t.page.noKeys}</Banner>}
            <Plan request={request} hasReceipt={receipt !== null} />
            {(request.kind === 'access' || request.kind === 'portability') && !isUnverified && (
              <CopyCard request={request} mayAnswer={mayAnswer} />
            )}
            {receipt !== null && <ReceiptCard code={request.code} receipt={receipt} />}
            {mayAnswer && <MoreActions request={request} />}
            <History steps={request.steps} nowMs={request.nowMs} />
          </BlockStack>
        </Layout.Section>
        <Layout.Section variant="oneThird">
          <RequestSide request={request} shopDomain={shopDomain} mayAnswer={mayAnswer} />
        </Layout.Section>
      </Layout>
    </Page>
  );
}

/** Whether a job is at it, or about to be: staff are waiting for none of the others. */
function isUnderWay({ kind, state }: RequestView): boolean {
  return (state === 'received' || state === 'working') && kind !== 'correction';
}

/** The steps of a request of this kind: a mark that colour is not needed for, and the word for readers. */
function Plan({ request, hasReceipt }: { readonly request: RequestView; readonly hasReceipt: boolean }) {
  const { steps, doneCount } = planOf(request, hasReceipt);
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t.page.steps}
        </Text>
        <ol className="ci-plan">
          {steps.map((step, index) => {
            const at = index < doneCount ? 'done' : index === doneCount ? 'next' : 'later';
            return (
              <li key={step} data-at={at} {...(at === 'next' ? { 'aria-current': 'step' } : {})}>
                <Text as="span" fontWeight={at === 'next' ? 'semibold' : 'regular'}>
                  {step}
                </Text>{' '}
                <Text as="span" tone="subdued">
                  {t.page[at]}
                </Text>
              </li>
            );
          })}
        </ol>
      </BlockStack>
    </Card>
  );
}

function History({ steps, nowMs }: { readonly steps: readonly StepView[]; readonly nowMs: number }) {
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t.page.history}
        </Text>
        <BlockStack as="ul" gap="200">
          {steps.map(({ step, atMs, by, ground }) => (
            <li key={`${step} ${String(atMs)}`}>
              <InlineStack align="space-between" gap="200">
                <Text as="span">
                  {t.stepNames[step]} · {t.by[by]}
                  {ground !== null && ` · ${groundText(ground)}`}
                </Text>
                <Text as="span" tone="subdued">
                  <TimeAgo atMs={atMs} nowMs={nowMs} />
                </Text>
              </InlineStack>
            </li>
          ))}
        </BlockStack>
      </BlockStack>
    </Card>
  );
}

export function groundText(ground: string): string {
  const { pauseGrounds, extensionGrounds, refusalGrounds } = t.actions;
  const known: Readonly<Record<string, string>> = { ...pauseGrounds, ...extensionGrounds, ...refusalGrounds };
  return known[ground] ?? ground;
}
