import { InlineGrid, Text } from '@shopify/polaris';

import type { RowRule } from '#app/privacy/retention/expiry.ts';
import type { RulePreview } from '#app/privacy/retention/preview.ts';
import { retention } from '#app/ui/texts/retention.ts';

const t = retention.preview;

interface RuleLineProps {
  readonly rule: RowRule;
  readonly preview: RulePreview;
  /** How many are due under the saved terms, where that may differ. */
  readonly before: number | null;
}

/** One kind: how much is held, how much goes at once, and the months to come as bars. */
export function RuleLine({ rule, preview: { held, now, later }, before }: RuleLineProps) {
  const due = before === null || before === now ? t.goes(now) : `${t.goes(now)} (${t.instead(before)})`;
  return (
    <li className="ci-plain-item">
      <InlineGrid columns={{ xs: 1, sm: ['twoThirds', 'oneThird'] }} gap="200" alignItems="center">
        <div>
          <Text as="p" fontWeight="medium">
            {t.rows[rule]}
          </Text>
          <Text as="p" tone="subdued">
            {t.held(held)} · {due}
          </Text>
        </div>
        <Bars counts={[now, ...later]} />
      </InlineGrid>
    </li>
  );
}

const WIDTH = 8;
const GAP = 2;
const HEIGHT = 28;

/** Due now first and marked, then month by month. The table below says the same in numbers. */
function Bars({ counts }: { readonly counts: readonly number[] }) {
  const most = Math.max(1, ...counts);
  return (
    <svg
      className="ci-bars"
      viewBox={`0 0 ${counts.length * (WIDTH + GAP)} ${HEIGHT}`}
      height={HEIGHT}
      aria-hidden="true"
    >
      {counts.map((count, index) => {
        const height = count === 0 ? 1 : Math.max(3, Math.round((count / most) * HEIGHT));
        return (
          <rect
            key={index}
            className={index === 0 ? 'ci-bar-due' : 'ci-bar'}
            x={index * (WIDTH + GAP)}
            y={HEIGHT - height}
            width={WIDTH}
            height={height}
          />
        );
      })}
    </svg>
  );
}
