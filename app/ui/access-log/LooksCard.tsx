import { BlockStack, Card, Text } from '@shopify/polaris';

import type { LooksByDay, LooksOfDay } from '#app/access/log/looks-by-day.ts';
import { formatTime } from '#app/ui/format/time.ts';
import { useShopDisplay } from '#app/ui/shop-display.tsx';
import { accessLogTexts } from '#app/ui/texts/access-log.ts';

const words = accessLogTexts.looks;

/** How often people looked, day by day: as bars for a glance, and in numbers. */
export function LooksCard({
  looks: { days, countedFromMs },
  nowMs,
}: {
  readonly looks: LooksByDay;
  readonly nowMs: number;
}) {
  const { timeZone } = useShopDisplay();
  const total = days.reduce((sum, { looks }) => sum + looks, 0);
  const named = days.reduce((sum, { withNames }) => sum + withNames, 0);
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {words.title}
        </Text>
        <Text as="p">{words.total(total, named, Math.max(...days.map(({ looks }) => looks)))}</Text>
        {total > 0 && (
          <>
            <Bars days={days} />
            <details>
              <summary>{words.inNumbers}</summary>
              <Numbers days={days} />
            </details>
          </>
        )}
        {countedFromMs !== null && (
          <Text as="p" tone="subdued" variant="bodySm">
            {words.countedFrom(formatTime(countedFromMs, nowMs, timeZone))}
          </Text>
        )}
      </BlockStack>
    </Card>
  );
}

const WIDTH = 16;
const GAP = 4;
const HEIGHT = 96;

/** Each day a bar; its darker part are the looks with names. The table says the same in numbers. */
function Bars({ days }: { readonly days: readonly LooksOfDay[] }) {
  const most = Math.max(...days.map(({ looks }) => looks));
  const heightOf = (count: number) => (count === 0 ? 0 : Math.max(2, (count / most) * HEIGHT));
  return (
    <div aria-hidden="true">
      <svg
        className="ci-days"
        viewBox={`0 0 ${String(days.length * (WIDTH + GAP) - GAP)} ${String(HEIGHT + 1)}`}
        preserveAspectRatio="none"
      >
        {days.map(({ day, looks, withNames }, index) => (
          <g key={day}>
            <title>{words.ofDay(day, looks, withNames)}</title>
            {[
              ['ci-bar', heightOf(looks)] as const,
              ['ci-bar-names', heightOf(withNames)] as const,
              ['ci-bar-ground', 1] as const,
            ].map(([name, height]) => (
              <rect
                key={name}
                className={name}
                x={index * (WIDTH + GAP)}
                y={name === 'ci-bar-ground' ? HEIGHT : HEIGHT - height}
                width={WIDTH}
                height={height}
              />
            ))}
          </g>
        ))}
      </svg>
      <div className="ci-ends">
        <span>{days[0]?.day}</span>
        <span>{words.today}</span>
      </div>
      <div className="ci-key">
        <i className="ci-swatch" /> {words.looks} <i className="ci-swatch" data-kind="names" /> {words.withNames}
      </div>
    </div>
  );
}

function Numbers({ days }: { readonly days: readonly LooksOfDay[] }) {
  return (
    <div className="ci-scroll" role="region" aria-label={words.title} tabIndex={0}>
      <table className="ci-numbers">
        <thead>
          <tr>
            <th scope="col">{words.day}</th>
            <th scope="col">{words.looks}</th>
            <th scope="col">{words.named}</th>
            <th scope="col">{words.values}</th>
          </tr>
        </thead>
        <tbody>
          {[...days].reverse().map(({ day, looks, withNames, values }) => (
            <tr key={day}>
              <th scope="row">{day}</th>
              <td>{looks}</td>
              <td>{withNames}</td>
              <td>{values}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
