import { useNavigate } from '@remix-run/react';
import { Badge, BlockStack, Box, Card, IndexTable, InlineStack, Link, Page, Tabs, Text } from '@shopify/polaris';

import type { DeskList, DeskNotice, DeskRow, DeskView } from '#app/privacy/desk/list.ts';
import { NothingYet } from '#app/ui/FirstUse.tsx';
import { useListPlace } from '#app/ui/list-place.ts';
import { dueBadge } from '#app/ui/requests/due.ts';
import { FreshLine } from '#app/ui/requests/FreshLine.tsx';
import { useFresh } from '#app/ui/requests/use-fresh.ts';
import { checkReceiptTexts } from '#app/ui/texts/check-receipt.ts';
import { requests } from '#app/ui/texts/requests.ts';
import { TimeAgo } from '#app/ui/TimeAgo.tsx';

const t = requests;
const VIEWS: readonly DeskView[] = ['open', 'done'];

interface RequestsPageProps {
  readonly list: DeskList;
  /** Of what is shown; see the route of changes. */
  readonly stamp: string;
  readonly mayAnswer: boolean;
}

/** The desk: what came, when it is due, how far it is. Whom a request is about stands on its own page. */
export function RequestsPage({ list, stamp, mayAnswer }: RequestsPageProps) {
  const navigate = useNavigate();
  useListPlace();
  const { view, page, hasNext, rows, counts, nowMs, notices } = list;
  const liveness = useFresh(`view=${view}&page=${String(page)}`, stamp);
  const goTo = (next: number) => navigate(`/app/requests?view=${view}&page=${String(next)}`);
  return (
    <Page
      fullWidth
      title={t.title}
      secondaryActions={[{ content: checkReceiptTexts.link, url: '/app/requests/check' }]}
      {...(mayAnswer ? { primaryAction: { content: t.begin, url: '/app/requests/new' } } : {})}
    >
      <BlockStack gap="400">
        <FreshLine liveness={liveness} />
        <Card padding="0">
          <Tabs
            tabs={VIEWS.map((id) => ({ id, content: `${t.views[id]} (${String(counts[id])})`, panelID: 'requests' }))}
            selected={VIEWS.indexOf(view)}
            onSelect={(index) => navigate(index === 0 ? '/app/requests' : '/app/requests?view=done')}
          />
          <div id="requests">
            {rows.length === 0 ? (
              <NothingYet {...t.empty[view]} />
            ) : (
              <RequestTable view={view} rows={rows} nowMs={nowMs} page={page} hasNext={hasNext} goTo={goTo} />
            )}
          </div>
        </Card>
        {notices.length > 0 && <Notices notices={notices} nowMs={nowMs} />}
      </BlockStack>
    </Page>
  );
}

interface RequestTableProps {
  readonly view: DeskView;
  readonly rows: readonly DeskRow[];
  readonly nowMs: number;
  readonly page: number;
  readonly hasNext: boolean;
  readonly goTo: (page: number) => void;
}

function RequestTable({ view, rows, nowMs, page, hasNext, goTo }: RequestTableProps) {
  const { columns } = t;
  const pagination = {
    hasNext,
    hasPrevious: page > 1,
    onNext: () => {
      goTo(page + 1);
    },
    onPrevious: () => {
      goTo(page - 1);
    },
    accessibilityLabels: t.pages,
  };
  return (
    <div className="ci-carts">
      <IndexTable
        resourceName={t.resource}
        itemCount={rows.length}
        selectable={false}
        headings={[
          { title: columns.request },
          { title: view === 'open' ? columns.due : columns.finished },
          { title: columns.state },
          { title: columns.source },
          { title: columns.received, alignment: 'end' },
        ]}
        {...(hasNext || page > 1 ? { pagination } : {})}
      >
        {rows.map((row, index) => (
          <RequestRow key={row.id} row={row} index={index} nowMs={nowMs} />
        ))}
      </IndexTable>
    </div>
  );
}

function RequestRow({ row, index, nowMs }: { readonly row: DeskRow; readonly index: number; readonly nowMs: number }) {
  const badge = dueBadge(row, nowMs);
  const due =
    badge === null ? (
      <TimeAgo atMs={row.finishedAtMs ?? row.dueAtMs} nowMs={nowMs} />
    ) : (
      <Badge tone={badge.tone}>{badge.text}</Badge>
    );
  return (
    <IndexTable.Row id={row.id} position={index}>
      <IndexTable.Cell>
        <BlockStack gap="100">
          <Link url={`/app/requests/${row.id}`} dataPrimaryLink monochrome removeUnderline>
            <Text as="span" fontWeight="semibold">
              {t.kinds[row.kind]}
            </Text>{' '}
            <Text as="span" tone="subdued">
              {row.code}
            </Text>
          </Link>
          <div className="ci-narrow-only">
            <BlockStack gap="100">
              <InlineStack gap="200" align="space-between" blockAlign="center">
                {due}
                <Text as="span" tone="subdued">
                  {row.isWaiting ? t.waiting : t.states[row.state]}
                </Text>
              </InlineStack>
              <Text as="span" tone="subdued">
                {t.sources[row.source]}
              </Text>
            </BlockStack>
          </div>
        </BlockStack>
      </IndexTable.Cell>
      <IndexTable.Cell className="ci-wide-only">{due}</IndexTable.Cell>
      <IndexTable.Cell className="ci-wide-only">{row.isWaiting ? t.waiting : t.states[row.state]}</IndexTable.Cell>
      <IndexTable.Cell className="ci-wide-only">{t.sources[row.source]}</IndexTable.Cell>
      <IndexTable.Cell className="ci-wide-only">
        <Text as="span" numeric alignment="end">
          <TimeAgo atMs={row.receivedAtMs} nowMs={nowMs} />
        </Text>
      </IndexTable.Cell>
    </IndexTable.Row>
  );
}

function Notices({ notices, nowMs }: { readonly notices: readonly DeskNotice[]; readonly nowMs: number }) {
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t.notices.heading}
        </Text>
        {notices.map(({ id, requestId, code, kind, state, atMs }) => (
          <Box key={id}>
            <InlineStack gap="200" align="space-between">
              <Link url={`/app/requests/${requestId}`}>{t.notices.line(t.notices.kinds[kind], code)}</Link>
              <Text as="span" tone={state === 'failed' || state === 'uncertain' ? 'caution' : 'subdued'}>
                {t.notices.states[state]} · <TimeAgo atMs={atMs} nowMs={nowMs} />
              </Text>
            </InlineStack>
          </Box>
        ))}
      </BlockStack>
    </Card>
  );
}
