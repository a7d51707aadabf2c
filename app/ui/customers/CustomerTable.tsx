import { BlockStack, IndexTable, InlineStack, Link, Text } from '@shopify/polaris';

import type { CustomerRow } from '#app/customers/list.ts';
import type { PersonName, PersonNames } from '#app/customers/names.ts';
import type { ListPagination } from '#app/ui/list-pagination.ts';
import { PersonDetail, personLabel } from '#app/ui/people/PersonLabel.tsx';
import { customerTexts } from '#app/ui/texts/customers.ts';
import { texts } from '#app/ui/texts/texts.ts';
import { TimeAgo } from '#app/ui/TimeAgo.tsx';

const t = customerTexts;

interface CustomerTableProps {
  readonly rows: readonly CustomerRow[];
  readonly names: PersonNames;
  readonly nowMs: number;
  readonly isLoading: boolean;
  readonly pagination: ListPagination;
}

/** The customers of one page of the list. On a phone each is one block; the table's columns stay for everybody else. */
export function CustomerTable({ rows, names, nowMs, isLoading, pagination }: CustomerTableProps) {
  return (
    <div className="ci-carts">
      <IndexTable
        resourceName={t.resource}
        itemCount={rows.length}
        selectable={false}
        loading={isLoading}
        headings={[
          { title: t.columns.person },
          { title: t.columns.carts, alignment: 'end' },
          { title: t.columns.orders, alignment: 'end' },
          { title: t.columns.lastChanged, alignment: 'end' },
          { title: t.columns.since, alignment: 'end' },
        ]}
        {...pagination}
      >
        {rows.map((row, index) => (
          <Row key={row.id} row={row} shown={names[row.id]} index={index} nowMs={nowMs} />
        ))}
      </IndexTable>
    </div>
  );
}

interface RowProps {
  readonly row: CustomerRow;
  readonly shown: PersonName | undefined;
  readonly index: number;
  readonly nowMs: number;
}

function Row({ row, shown, index, nowMs }: RowProps) {
  const person = personLabel(row.code, shown);
  return (
    <IndexTable.Row id={row.id} position={index}>
      <IndexTable.Cell>
        <BlockStack gap="100">
          <Link
            url={`/app/customers/${row.id}`}
            dataPrimaryLink
            monochrome
            removeUnderline
            accessibilityLabel={t.openCustomer(person, row.cartCount, row.orderCount, row.cancelledCount)}
          >
            <Text as="span" fontWeight="semibold">
              {person}
            </Text>
          </Link>
          <PersonDetail code={row.code} shown={shown} />
          <div className="ci-narrow-only">
            <InlineStack align="space-between" gap="200">
              <Text as="span" tone="subdued">
                {`${t.carts(row.cartCount)} · ${t.orders(row.orderCount, row.cancelledCount)}`}
              </Text>
              <Text as="span" tone="subdued">
                <When atMs={row.lastChangedAtMs} nowMs={nowMs} />
              </Text>
            </InlineStack>
          </div>
        </BlockStack>
      </IndexTable.Cell>
      <NumberCell>{row.cartCount}</NumberCell>
      <NumberCell>
        {row.orderCount}
        {row.cancelledCount > 0 && (
          <Text as="span" tone="subdued">
            {` (${t.ofThemCancelled(row.cancelledCount)})`}
          </Text>
        )}
      </NumberCell>
      <NumberCell>
        <When atMs={row.lastChangedAtMs} nowMs={nowMs} />
      </NumberCell>
      <NumberCell>
        <TimeAgo atMs={row.knownSinceMs} nowMs={nowMs} />
      </NumberCell>
    </IndexTable.Row>
  );
}

function NumberCell({ children }: { readonly children: React.ReactNode }) {
  return (
    <IndexTable.Cell className="ci-wide-only">
      <Text as="span" numeric alignment="end">
        {children}
      </Text>
    </IndexTable.Cell>
  );
}

function When({ atMs, nowMs }: { readonly atMs: number | null; readonly nowMs: number }) {
  return atMs === null ? <>{texts.common.none}</> : <TimeAgo atMs={atMs} nowMs={nowMs} />;
}
