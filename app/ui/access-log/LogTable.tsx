import { Badge, BlockStack, Box, EmptySearchResult, IndexTable, InlineStack, Text } from '@shopify/polaris';
import { useSearchParams } from '@remix-run/react';

import type { LogRow } from '#app/access/log/list.ts';
import type { AccessLogView } from '#app/access/log/page.ts';
import { accessLogTexts } from '#app/ui/texts/access-log.ts';
import { TimeAgo } from '#app/ui/TimeAgo.tsx';

const words = accessLogTexts;
const { columns } = words;

/** The records, newest first. On a phone each is one block; the table's columns stay for everybody else. */
export function LogTable({ log, isLoading }: { readonly log: AccessLogView; readonly isLoading: boolean }) {
  const [, setParams] = useSearchParams();
  const goTo = (before: number | null) =>
    setParams((all) => {
      if (before === null) all.delete('before');
      else all.set('before', String(before));
      return all;
    });
  if (log.rows.length === 0) return <NoRecords isFiltered={log.isFiltered} />;
  const names = new Map(log.actors.map((actor) => [actor.actor, words.actor(actor)]));
  const isPaged = !log.isFirstPage || log.olderThan !== null;
  return (
    <div className="ci-carts ci-log">
      <IndexTable
        resourceName={words.resource}
        itemCount={log.rows.length}
        selectable={false}
        loading={isLoading}
        headings={[
          { title: columns.when },
          { title: columns.who },
          { title: columns.purpose },
          { title: columns.page },
          { title: columns.what },
          { title: columns.people, alignment: 'end' },
          { title: columns.outcome },
        ]}
        {...(isPaged
          ? {
              pagination: {
                hasNext: log.olderThan !== null,
                hasPrevious: !log.isFirstPage,
                onNext: () => goTo(log.olderThan),
                onPrevious: () => goTo(null),
                accessibilityLabels: { previous: words.newest, next: words.older },
              },
            }
          : {})}
      >
        {log.rows.map((row, index) => (
          <LogTableRow
            key={row.seq}
            row={row}
            index={index}
            who={names.get(row.actor) ?? row.actor}
            nowMs={log.nowMs}
          />
        ))}
      </IndexTable>
    </div>
  );
}

interface LogTableRowProps {
  readonly row: LogRow;
  readonly index: number;
  readonly who: string;
  readonly nowMs: number;
}

function LogTableRow({ row, index, who, nowMs }: LogTableRowProps) {
  const purpose = (words.purposes as Readonly<Record<string, string>>)[row.purpose] ?? row.purpose;
  const what = row.fields.length === 0 ? words.nothingOpened : words.fields(row.fields);
  const people = words.people(row.people, row.subjects);
  const when = <TimeAgo atMs={row.atMs} nowMs={nowMs} />;
  return (
    <IndexTable.Row id={String(row.seq)} position={index}>
      <IndexTable.Cell>
        <span className="ci-wide-only">{when}</span>
        <div className="ci-narrow-only">
          <BlockStack gap="100">
            <InlineStack align="space-between" gap="200">
              <Text as="span" fontWeight="semibold">
                {who}
              </Text>
              <Text as="span" tone="subdued">
                {when}
              </Text>
            </InlineStack>
            <InlineStack align="space-between" blockAlign="center" gap="200">
              <Text as="span">
                {purpose} · {words.page(row.page)}
              </Text>
              <OutcomeBadge row={row} />
            </InlineStack>
            <Text as="span" tone="subdued" breakWord>
              {what}
              {row.subjects > 0 && ` · ${people}`}
            </Text>
          </BlockStack>
        </div>
      </IndexTable.Cell>
      <IndexTable.Cell className="ci-wide-only">{who}</IndexTable.Cell>
      <IndexTable.Cell className="ci-wide-only">{purpose}</IndexTable.Cell>
      <IndexTable.Cell className="ci-wide-only">{words.page(row.page)}</IndexTable.Cell>
      <IndexTable.Cell className="ci-wide-only ci-log__what">{what}</IndexTable.Cell>
      <IndexTable.Cell className="ci-wide-only">
        <Text as="span" alignment="end" numeric>
          {people}
        </Text>
      </IndexTable.Cell>
      <IndexTable.Cell className="ci-wide-only">
        <OutcomeBadge row={row} />
      </IndexTable.Cell>
    </IndexTable.Row>
  );
}

function OutcomeBadge({ row: { outcome } }: { readonly row: LogRow }) {
  const isBad = outcome === 'failed' || outcome === 'denied';
  return <Badge {...(isBad ? { tone: 'critical' } : {})}>{words.outcomes[outcome]}</Badge>;
}

function NoRecords({ isFiltered }: { readonly isFiltered: boolean }) {
  const { heading, body } = isFiltered ? words.noResults : words.firstUse;
  return (
    <Box padding="800">
      <EmptySearchResult title={heading} description={body} withIllustration />
    </Box>
  );
}
