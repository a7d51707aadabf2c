import { BlockStack, IndexTable, InlineStack, Link, Text } from '@shopify/polaris';
import { memo } from 'react';

import type { CartRow } from '#app/carts/row.ts';
import type { PersonName, PersonNames } from '#app/customers/names.ts';
import { cartStatus } from '#app/carts/status.ts';
import { StatusBadge } from '#app/ui/carts/StatusBadge.tsx';
import type { ListPagination } from '#app/ui/list-pagination.ts';
import { PersonDetail, personLabel } from '#app/ui/people/PersonLabel.tsx';
import { formatMoney } from '#app/ui/format/money.ts';
import { formatAgo } from '#app/ui/format/time.ts';
import { useShopDisplay } from '#app/ui/shop-display.tsx';
import { texts } from '#app/ui/texts/texts.ts';
import { TimeAgo } from '#app/ui/TimeAgo.tsx';

interface CartTableProps {
  readonly rows: readonly CartRow[];
  readonly names: PersonNames;
  readonly nowMs: number;
  /** Rows that are new or have just changed. */
  readonly fresh: ReadonlySet<string>;
  readonly isLoading: boolean;
  readonly pagination: ListPagination;
}

const { columns } = texts.carts;

/** The carts of one page of the list. On a phone each is one block; the table's columns stay for everybody else. */
export function CartTable({ rows, names, nowMs, fresh, isLoading, pagination }: CartTableProps) {
  return (
    <div className="ci-carts">
      <IndexTable
        resourceName={texts.common.carts}
        itemCount={rows.length}
        selectable={false}
        loading={isLoading}
        headings={[
          { title: columns.person },
          { title: columns.status },
          { title: columns.items, alignment: 'end' },
          { title: columns.value, alignment: 'end' },
          { title: columns.lastChanged, alignment: 'end' },
        ]}
        {...pagination}
      >
        {rows.map((row, index) => (
          <CartTableRow
            key={row.id}
            row={row}
            shown={row.personId === null ? undefined : names[row.personId]}
            index={index}
            nowMs={nowMs}
            isFresh={fresh.has(row.id)}
          />
        ))}
      </IndexTable>
    </div>
  );
}

interface CartTableRowProps {
  readonly row: CartRow;
  readonly shown: PersonName | undefined;
  readonly index: number;
  readonly nowMs: number;
  readonly isFresh: boolean;
}

const CartTableRow = memo(function CartTableRow({ row, shown, index, nowMs, isFresh }: CartTableRowProps) {
  const shop = useShopDisplay();
  const status = cartStatus(row, shop.idleAfterMinutes, nowMs);
  const person = personLabel(row.personCode, shown);
  const value = row.valueMinor === null ? texts.common.none : formatMoney(row.valueMinor, row.currency, shop);
  const badge = <StatusBadge status={status} isCancelled={row.isCancelled} />;
  return (
    <IndexTable.Row id={row.id} position={index}>
      <IndexTable.Cell>
        <BlockStack gap="100">
          <InlineStack align="space-between" gap="200" wrap={false}>
            <Link
              url={`/app/carts/${row.id}`}
              dataPrimaryLink
              monochrome
              removeUnderline
              accessibilityLabel={texts.carts.openCart(
                person,
                row.itemCount,
                formatAgo(row.lastChangedAtMs, nowMs, shop.timeZone),
              )}
            >
              <Text as="span" fontWeight="semibold">
                {person}
              </Text>
            </Link>
            {isFresh && <span className="ci-fresh" />}
            <span className="ci-narrow-only">
              <Text as="span" numeric>
                {value}
              </Text>
            </span>
          </InlineStack>
          <PersonDetail code={row.personCode} shown={shown} />
          <div className="ci-narrow-only">
            <InlineStack align="space-between" blockAlign="center" gap="200">
              <InlineStack gap="200" blockAlign="center">
                {badge}
                <Text as="span" tone="subdued">
                  {texts.carts.items(row.itemCount)}
                </Text>
              </InlineStack>
              <Text as="span" tone="subdued">
                <TimeAgo atMs={row.lastChangedAtMs} nowMs={nowMs} />
              </Text>
            </InlineStack>
          </div>
        </BlockStack>
      </IndexTable.Cell>
      <IndexTable.Cell className="ci-wide-only">{badge}</IndexTable.Cell>
      <IndexTable.Cell className="ci-wide-only">
        <Text as="span" numeric alignment="end">
          {texts.carts.count(row.itemCount)}
        </Text>
      </IndexTable.Cell>
      <IndexTable.Cell className="ci-wide-only">
        <Text as="span" numeric alignment="end">
          {value}
        </Text>
      </IndexTable.Cell>
      <IndexTable.Cell className="ci-wide-only">
        <Text as="span" numeric alignment="end">
          <TimeAgo atMs={row.lastChangedAtMs} nowMs={nowMs} />
        </Text>
      </IndexTable.Cell>
    </IndexTable.Row>
  );
});
