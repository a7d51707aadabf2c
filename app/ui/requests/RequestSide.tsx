import { useFetcher } from '@remix-run/react';
import { BlockStack, Button, Card, InlineStack, Link, Text } from '@shopify/polaris';
import type { ReactNode } from 'react';

import type { RequestView, WhomView } from '#app/privacy/desk/read.ts';
import { formatTime, formatTimeFully } from '#app/ui/format/time.ts';
import { groundText } from '#app/ui/requests/ground-text.ts';
import { useShopDisplay } from '#app/ui/shop-display.tsx';
import { requests } from '#app/ui/texts/requests.ts';

const t = requests;
const p = t.page;

interface RequestSideProps {
  readonly request: RequestView;
  readonly shopDomain: string;
  readonly mayAnswer: boolean;
}

/** Beside a request: about whom, and its clock. */
export function RequestSide({ request, shopDomain, mayAnswer }: RequestSideProps) {
  const { timeZone } = useShopDisplay();
  const time = (ms: number) => formatTime(ms, request.nowMs, timeZone);
  const { kind, scope, whom } = request;
  return (
    <BlockStack gap="400">
      <Card>
        <BlockStack gap="300">
          <Text as="h2" variant="headingMd">
            {p.about}
          </Text>
          <Whom whom={whom} shopDomain={shopDomain} />
          {(kind === 'correction' || kind === 'erasure' || kind === 'objection') && (
            <Text as="p">{p.source[kind]}</Text>
          )}
          {whom.is === 'found' && whom.hasEmail && mayAnswer && <Email />}
          {whom.is === 'found' && (
            <Text as="p" tone="subdued">
              {p.recorded}
            </Text>
          )}
        </BlockStack>
      </Card>
      <Card>
        <BlockStack gap="200">
          <Pair term={p.due}>
            <span title={formatTimeFully(request.dueAtMs, timeZone)}>{time(request.dueAtMs)}</span>
          </Pair>
          <Pair term={p.received}>{time(request.receivedAtMs)}</Pair>
          <Pair term={t.columns.source}>{t.sources[request.source]}</Pair>
          <Pair term={p.clock}>{t.regimes[request.regime]}</Pair>
          {scope !== null && <Pair term={p.scope}>{p.scopes[scope]}</Pair>}
          {request.pauseGround !== null && <Pair term={t.states.paused}>{groundText(request.pauseGround)}</Pair>}
          {request.extensionGround !== null && (
            <Pair term={t.stepNames.extended}>{groundText(request.extensionGround)}</Pair>
          )}
          {request.closingGround !== null && (
            <Pair term={t.states[request.state]}>{groundText(request.closingGround)}</Pair>
          )}
        </BlockStack>
      </Card>
    </BlockStack>
  );
}

function Whom({ whom, shopDomain }: { readonly whom: WhomView; readonly shopDomain: string }) {
  if (whom.is === 'everybody') return <Text as="p">{p.everybody}</Text>;
  if (whom.is === 'not-shown') return <Text as="p">{p.notShown}</Text>;
  return (
    <BlockStack gap="200">
      {whom.codes.length === 0 ? (
        <Text as="p">{p.nobodyFound}</Text>
      ) : (
        whom.codes.map((code) => (
          <Text key={code} as="p" fontWeight="semibold">
            {p.code(code)}
          </Text>
        ))
      )}
      {whom.customerIds.map((id) => (
        <InlineStack key={id} gap="200">
          <Text as="span">{p.customerNumber(id)}</Text>
          <Link url={`https://${shopDomain}/admin/customers/${id}`} target="_top">
            {p.openInShopify}
          </Link>
        </InlineStack>
      ))}
      {whom.orders > 0 && <Text as="p">{p.orders(whom.orders)}</Text>}
    </BlockStack>
  );
}

/** The address by which the person asked: shown when it is asked for, on record. */
function Email() {
  const fetcher = useFetcher<{ emails?: readonly string[] }>();
  const emails = fetcher.data?.emails ?? null;
  return (
    <div role="status">
      {emails === null ? (
        <Button
          loading={fetcher.state !== 'idle'}
          onClick={() => fetcher.submit({ intent: 'emails' }, { method: 'post' })}
        >
          {p.showEmail}
        </Button>
      ) : (
        <BlockStack gap="100">
          {emails.map((email) => (
            <Text key={email} as="p" breakWord>
              {email}
            </Text>
          ))}
          <Text as="p" tone="subdued">
            {p.emailRecorded}
          </Text>
        </BlockStack>
      )}
    </div>
  );
}

function Pair({ term, children }: { readonly term: string; readonly children: ReactNode }) {
  return (
    <BlockStack>
      <Text as="span" tone="subdued">
        {term}
      </Text>
      <Text as="span">{children}</Text>
    </BlockStack>
  );
}
