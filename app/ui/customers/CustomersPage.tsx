import { BlockStack, Box, Card, EmptySearchResult, Page, Text } from '@shopify/polaris';
import { useNavigation } from '@remix-run/react';
import { useCallback } from 'react';

import type { CustomerList } from '#app/customers/list.ts';
import type { ShownNames } from '#app/customers/names.ts';
import { CustomerSearch } from '#app/ui/customers/CustomerSearch.tsx';
import { CustomerTable } from '#app/ui/customers/CustomerTable.tsx';
import { FirstUse } from '#app/ui/FirstUse.tsx';
import { listPagination } from '#app/ui/list-pagination.ts';
import { useListWays } from '#app/ui/list-place.ts';
import { useNow } from '#app/ui/live/use-now.ts';
import { NamesControl } from '#app/ui/people/NamesControl.tsx';
import { useReveal } from '#app/ui/people/use-reveal.ts';
import { customerTexts } from '#app/ui/texts/customers.ts';
import { texts } from '#app/ui/texts/texts.ts';

const t = customerTexts;
const CLOCK_MS = 10_000;

interface CustomersPageProps {
  readonly list: CustomerList;
  readonly shown: ShownNames;
}

/** The page of all customers, newest first; by code as long as names are hidden. */
export function CustomersPage({ list, shown }: CustomersPageProps) {
  const reveal = useReveal(shown, list.readAtMs);
  const nowMs = useNow(list.readAtMs, CLOCK_MS);
  const navigation = useNavigation();
  const ways = useListWays();
  const search = useCallback((code: string) => ways.goTo({ code }), [ways.goTo]);
  const isLoading = navigation.state === 'loading' && navigation.location.pathname === '/app/customers';
  return (
    <Page fullWidth title={t.title} secondaryActions={<NamesControl reveal={reveal} />}>
      <BlockStack gap="300">
        {list.hasAnyCustomer ? (
          <Card padding="0">
            <CustomerSearch code={list.code ?? ''} names={reveal.names} onCode={search} />
            {list.rows.length === 0 ? (
              <Box padding="800">
                <EmptySearchResult title={t.noResults.heading} description={t.noResults.body} withIllustration />
              </Box>
            ) : (
              <CustomerTable
                rows={list.rows}
                names={reveal.names}
                nowMs={nowMs}
                isLoading={isLoading}
                pagination={listPagination(ways, list, { code: list.code ?? '' })}
              />
            )}
          </Card>
        ) : (
          <FirstUse {...t.firstUse} />
        )}
        <Box paddingInline={{ xs: '400', sm: '0' }} paddingBlockEnd="600">
          <Text as="p" tone="subdued" variant="bodySm">
            {reveal.reveal === null ? t.privacyNote : texts.carts.privacyNoteShown}
          </Text>
        </Box>
      </BlockStack>
    </Page>
  );
}
