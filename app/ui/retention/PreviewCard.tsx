import { useFetcher } from '@remix-run/react';
import { Banner, BlockStack, Button, Card, Collapsible, InlineStack, SkeletonBodyText, Text } from '@shopify/polaris';
import { useEffect, useId, useState } from 'react';

import { type RetentionTerms } from '#app/privacy/retention.ts';
import { ROW_RULES } from '#app/privacy/retention/expiry.ts';
import type { RetentionPreview } from '#app/privacy/retention/preview.ts';
import { formatTime } from '#app/ui/format/time.ts';
import { MonthTable } from '#app/ui/retention/MonthTable.tsx';
import { RuleLine } from '#app/ui/retention/RuleLine.tsx';
import { useShopDisplay } from '#app/ui/shop-display.tsx';
import { retention } from '#app/ui/texts/retention.ts';

const t = retention.preview;
const TYPING_MS = 350;

interface Answer {
  readonly preview: RetentionPreview | null;
  readonly failed: boolean;
}

interface PreviewCardProps {
  /** Null while what is typed are no terms. */
  readonly terms: RetentionTerms | null;
  readonly saved: RetentionTerms;
  readonly nextRunAtMs: number;
  readonly nowMs: number;
}

/** The retention time machine: what goes under the terms in the fields, beside what goes under the saved ones. */
export function PreviewCard({ terms, saved, nextRunAtMs, nowMs }: PreviewCardProps) {
  const { timeZone } = useShopDisplay();
  const before = usePreview(saved);
  const after = usePreview(terms);
  const [isOpen, setIsOpen] = useState(false);
  const tableId = useId();
  const preview = after.preview ?? before.preview;
  const isChange = terms !== null && queryOf(terms) !== queryOf(saved);
  const isEmpty = preview !== null && ROW_RULES.every((rule) => preview.rules[rule].held === 0);

  return (
    <Card>
      <BlockStack gap="400">
        <BlockStack gap="100">
          <Text as="h2" variant="headingMd">
            {t.title}
          </Text>
          <Text as="p" tone="subdued">
            {t.next(formatTime(nextRunAtMs, nowMs, timeZone))} {t.shorter}
          </Text>
        </BlockStack>
        <div aria-live="polite">
          {terms === null && <Text as="p">{t.invalid}</Text>}
          {terms !== null && isChange && after.preview !== null && before.preview !== null && (
            <Text as="p" fontWeight="semibold">
              {t.changed(dueOf(after.preview) - dueOf(before.preview))}
            </Text>
          )}
        </div>
        {(after.failed || before.failed) && (
          <Banner
            tone="warning"
            action={{ content: t.retry, onAction: () => [before, after].forEach(({ retry }) => retry()) }}
          >
            {t.failed}
          </Banner>
        )}
        {preview === null && !after.failed && !before.failed && (
          <div role="status" aria-label={t.loading}>
            <SkeletonBodyText lines={6} />
          </div>
        )}
        {isEmpty && <Text as="p">{t.nothing}</Text>}
        {preview !== null && !isEmpty && (
          <>
            <BlockStack as="ul" gap="300">
              {ROW_RULES.map((rule) => (
                <RuleLine
                  key={rule}
                  rule={rule}
                  preview={preview.rules[rule]}
                  before={isChange && after.preview !== null ? (before.preview?.rules[rule].now ?? null) : null}
                />
              ))}
            </BlockStack>
            <InlineStack>
              <Button
                variant="plain"
                disclosure={isOpen ? 'up' : 'down'}
                ariaControls={tableId}
                ariaExpanded={isOpen}
                onClick={() => setIsOpen(!isOpen)}
              >
                {isOpen ? t.hideTable : t.showTable}
              </Button>
            </InlineStack>
            <Collapsible id={tableId} open={isOpen}>
              <MonthTable preview={preview} />
            </Collapsible>
          </>
        )}
      </BlockStack>
    </Card>
  );
}

function dueOf({ rules }: RetentionPreview): number {
  return ROW_RULES.reduce((sum, rule) => sum + rules[rule].now, 0);
}

function queryOf(terms: RetentionTerms): string {
  return new URLSearchParams(Object.entries(terms).map(([name, value]) => [name, String(value)])).toString();
}

/** Asks what goes under terms, once they have stood for a moment. The last picture stays until the next one comes. */
function usePreview(terms: RetentionTerms | null) {
  const { load, data } = useFetcher<Answer>();
  const path = terms === null ? null : `/app/settings/retention/preview?${queryOf(terms)}`;
  const [tries, setTries] = useState(0);
  useEffect(() => {
    if (path === null) return;
    const timer = setTimeout(() => load(path), TYPING_MS);
    return () => clearTimeout(timer);
  }, [path, load, tries]);
  return { preview: data?.preview ?? null, failed: data?.failed ?? false, retry: () => setTries(tries + 1) };
}
