import { BlockStack, Card, Page } from '@shopify/polaris';
import { useNavigation } from '@remix-run/react';

import type { AccessLogView } from '#app/access/log/page.ts';
import { LogFilters } from '#app/ui/access-log/LogFilters.tsx';
import { LogTable } from '#app/ui/access-log/LogTable.tsx';
import { LooksCard } from '#app/ui/access-log/LooksCard.tsx';
import { ReviewsCard } from '#app/ui/access-log/ReviewsCard.tsx';
import { useExport } from '#app/ui/access-log/use-export.ts';
import { VerifyCard } from '#app/ui/access-log/VerifyCard.tsx';
import { accessLogTexts } from '#app/ui/texts/access-log.ts';

const words = accessLogTexts;

/** Who looked at what: what wants a second look, whether the record is whole, and the record itself. */
export function AccessLogPage({ log }: { readonly log: AccessLogView }) {
  const { isExporting, hasFailed, start } = useExport();
  const navigation = useNavigation();
  const isLoading = navigation.state === 'loading' && navigation.location.pathname === '/app/access-log';
  return (
    <Page
      fullWidth
      title={words.title}
      subtitle={words.subtitle}
      secondaryActions={[
        {
          content: words.export,
          helpText: words.exportNote,
          onAction: start,
          loading: isExporting,
          disabled: isExporting,
        },
      ]}
    >
      <BlockStack gap="400">
        <ReviewsCard reviews={log.reviews} actors={log.actors} self={log.self} nowMs={log.nowMs} />
        <VerifyCard check={log.check} nowMs={log.nowMs} />
        <LooksCard looks={log.looks} nowMs={log.nowMs} />
        <Card padding="0">
          <LogFilters actors={log.actors} isFiltered={log.isFiltered} exportFailed={hasFailed} />
          <LogTable log={log} isLoading={isLoading} />
        </Card>
      </BlockStack>
    </Page>
  );
}
