import { Badge, BlockStack, Box, Button, Card, Divider, InlineStack, Select, Text } from '@shopify/polaris';
import { useFetcher } from '@remix-run/react';
import { useState } from 'react';

import type { LogActor } from '#app/access/log/names.ts';
import type { Review, ReviewReason, SignOffResult } from '#app/access/log/review.ts';
import { formatTime } from '#app/ui/format/time.ts';
import { useShopDisplay } from '#app/ui/shop-display.tsx';
import { accessLogTexts } from '#app/ui/texts/access-log.ts';

const words = accessLogTexts.reviews;

interface ReviewsCardProps {
  readonly reviews: readonly Review[];
  readonly actors: readonly LogActor[];
  readonly self: string;
  readonly nowMs: number;
}

/** Unusual access, to be looked at by somebody other than the one it is about; overdue ones stand out. */
export function ReviewsCard({ reviews, actors, self, nowMs }: ReviewsCardProps) {
  const fetcher = useFetcher<{ done: string; count?: number }>();
  const open = reviews.filter(({ signedOff }) => signedOff === null);
  const closed = reviews.filter(({ signedOff }) => signedOff !== null);
  const looked =
    fetcher.state === 'idle' && fetcher.data?.done === 'looked' ? words.looked(fetcher.data.count ?? 0) : '';
  return (
    <Card>
      <BlockStack gap="300">
        <InlineStack align="space-between" blockAlign="center" gap="200">
          <Text as="h2" variant="headingMd">
            {words.title}
          </Text>
          <fetcher.Form method="post">
            <input type="hidden" name="intent" value="look" />
            <Button submit loading={fetcher.state !== 'idle'}>
              {words.look}
            </Button>
          </fetcher.Form>
        </InlineStack>
        <div>
          <Text as="p" tone="subdued">
            {open.length === 0 ? words.none : words.intro}
          </Text>
          <div role="status">{looked !== '' && <Text as="p">{looked}</Text>}</div>
        </div>
        {open.map((review) => (
          <OpenReview key={review.id} review={review} who={nameOf(actors, review.actor)} self={self} nowMs={nowMs} />
        ))}
        {closed.length > 0 && (
          <>
            <Divider />
            <Text as="h3" variant="headingSm">
              {words.signedOffTitle}
            </Text>
            {closed.map((review) => (
              <ClosedReview key={review.id} review={review} actors={actors} nowMs={nowMs} />
            ))}
          </>
        )}
      </BlockStack>
    </Card>
  );
}

interface OpenReviewProps {
  readonly review: Review;
  readonly who: string;
  readonly self: string;
  readonly nowMs: number;
}

function OpenReview({ review, who, self, nowMs }: OpenReviewProps) {
  const fetcher = useFetcher<{ done: SignOffResult }>();
  const { timeZone } = useShopDisplay();
  const [finding, setFinding] = useState('');
  const isOverdue = review.dueAtMs < nowMs;
  const result = fetcher.state === 'idle' ? fetcher.data?.done : undefined;
  return (
    <Box borderWidth="025" borderColor={isOverdue ? 'border-critical' : 'border'} borderRadius="200" padding="300">
      <BlockStack gap="200">
        <InlineStack gap="200" blockAlign="center">
          <Badge tone={isOverdue ? 'critical' : 'attention'}>{isOverdue ? words.overdue : words.due}</Badge>
          <Text as="span" tone="subdued" variant="bodySm">
            {review.day}, {words.dueOn(formatTime(review.dueAtMs, nowMs, timeZone))}
          </Text>
        </InlineStack>
        <Text as="p">{words.what(review.rule, who, review.count, review.threshold)}</Text>
        {review.actor === self ? (
          <Text as="p" tone="subdued">
            {words.own}
          </Text>
        ) : (
          <fetcher.Form method="post">
            <input type="hidden" name="intent" value="sign-off" />
            <input type="hidden" name="id" value={review.id} />
            <InlineStack gap="200" blockAlign="end">
              <Select label={words.finding} name="finding" options={OPTIONS} value={finding} onChange={setFinding} />
              <Button submit disabled={finding === ''} loading={fetcher.state !== 'idle'}>
                {words.signOff}
              </Button>
            </InlineStack>
          </fetcher.Form>
        )}
        <div role="status">{result !== undefined && <Text as="p">{words.results[result]}</Text>}</div>
      </BlockStack>
    </Box>
  );
}

function ClosedReview({ review, actors, nowMs }: Omit<ReviewsCardProps, 'reviews' | 'self'> & { review: Review }) {
  const { timeZone } = useShopDisplay();
  const { signedOff } = review;
  if (signedOff === null) return null;
  return (
    <Text as="p" variant="bodySm" tone="subdued">
      {review.day}: {words.what(review.rule, nameOf(actors, review.actor), review.count, review.threshold)}{' '}
      {words.signedOff(nameOf(actors, signedOff.by), words.reasons[signedOff.reason])},{' '}
      {formatTime(signedOff.atMs, nowMs, timeZone)}.
    </Text>
  );
}

/** Somebody who left no record in the log, such as the log itself, goes by what they are called there. */
function nameOf(actors: readonly LogActor[], actor: string): string {
  const known = actors.find((one) => one.actor === actor);
  const [, rest = ''] = actor.split(':');
  return accessLogTexts.actor(known ?? { kind: 'staff', name: null, code: rest.slice(0, 4).toUpperCase() });
}

const REASONS_BY_VERDICT: readonly (readonly [keyof typeof words.verdicts, readonly ReviewReason[]])[] = [
  ['explained', ['busy-day', 'new-colleague', 'other-hours', 'agreed-support', 'asked-export', 'known-fault']],
  ['concern', ['talk-to-them', 'access-ended', 'incident-opened']],
];

const OPTIONS = [
  { label: words.choose, value: '' },
  ...REASONS_BY_VERDICT.map(([verdict, reasons]) => ({
    title: words.verdicts[verdict],
    options: reasons.map((reason) => ({ label: words.reasons[reason], value: `${verdict}:${reason}` })),
  })),
];
