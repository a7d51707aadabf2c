import { BlockStack, Badge, Banner, Card, InlineStack, Layout, Link, List, Page, Text } from '@shopify/polaris';

import type { RequestView, StepView } from '#app/privacy/desk/read.ts';
import type { RequestPageView } from '#app/privacy/desk/request-page.ts';
import { formatTime } from '#app/ui/format/time.ts';
import { lastPlaceOf } from '#app/ui/list-place.ts';
import { CopyCard } from '#app/ui/requests/CopyCard.tsx';
import { dueBadge } from '#app/ui/requests/due.ts';
import { FreshLine } from '#app/ui/requests/FreshLine.tsx';
import { groundText } from '#app/ui/requests/ground-text.ts';
import { planOf } from '#app/ui/requests/plan.ts';
import { ReceiptCard } from '#app/ui/requests/ReceiptCard.tsx';
import { MoreActions, NotVerified } from '#app/ui/requests/RequestActions.tsx';
import { RequestSide } from '#app/ui/requests/RequestSide.tsx';
import { useFresh } from '#app/ui/requests/use-fresh.ts';
import { useShopDisplay } from '#app/ui/shop-display.tsx';
import { requests } from '#app/ui/texts/requests.ts';
import { TimeAgo } from '#app/ui/TimeAgo.tsx';

const t = requests;

interface RequestPageProps extends RequestPageView {
  readonly mayAnswer: boolean;
  readonly isTooLate: boolean;
}

/** One request: what is done and what is next, whom it is about, the copy or the receipt, and its history. */
export function RequestPage(props: RequestPageProps) {
  const { request, receipt, erasure, shopDomain, mayAnswer, isTooLate } = props;
  const { timeZone } = useShopDisplay();
  const badge = dueBadge(request, request.nowMs);
  const liveness = useFresh(`id=${request.id}`, props.stamp);
  const isUnverified = request.source === 'individual' && request.state === 'paused';
  return (
    <Page
      backAction={{ content: t.page.back, url: lastPlaceOf('/app/requests') }}
      title={`${t.kinds[request.kind]} ${request.code}`}
      titleMetadata={
        <InlineStack gap="100">
          <Badge {...(request.state === 'residue' ? { tone: 'critical' } : {})}>
            {request.waits === null ? t.states[request.state] : t.waiting}
          </Badge>
          {badge !== null && request.state !== 'paused' && <Badge tone={badge.tone}>{badge.text}</Badge>}
        </InlineStack>
      }
    >
      <Layout>
        <Layout.Section>
          <BlockStack gap="400">
            {isOpen(request) && <FreshLine liveness={liveness} />}
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
            {request.waits !== null && (
              <Banner title={t.page.waits.title}>
                <p>{t.page.waits.body(formatTime(request.waits.untilMs, request.nowMs, timeZone))}</p>
                <p>
                  <Link url={`/app/requests/${request.waits.id}`}>{t.page.waits.link(request.waits.code)}</Link>
                </p>
              </Banner>
            )}
            {!request.held && <Banner>{t.page.noKeys}</Banner>}
            <Plan request={request} isErased={erasure.erasedAtMs !== null} hasReceipt={receipt !== null} />
            {(request.kind === 'access' || request.kind === 'portability') && !isUnverified && (
              <CopyCard request={request} mayAnswer={mayAnswer} />
            )}
            {receipt !== null && (
              <ReceiptCard code={request.code} receipt={receipt} erasure={erasure} nowMs={request.nowMs} />
            )}
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

/** What is closed changes no more, save that something late may still come back and be turned away. */
function isOpen({ finishedAtMs }: RequestView): boolean {
  return finishedAtMs === null;
}

interface PlanProps {
  readonly request: RequestView;
  readonly isErased: boolean;
  readonly hasReceipt: boolean;
}

/** The steps of a request of this kind: a mark that colour is not needed for, and the word for readers. */
function Plan({ request, isErased, hasReceipt }: PlanProps) {
  const { steps, doneCount } = planOf(request, { isErased, hasReceipt });
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
