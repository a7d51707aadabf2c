import { ROW_RULES } from '#app/privacy/retention/expiry.ts';
import type { RetentionPreview } from '#app/privacy/retention/preview.ts';
import { retention } from '#app/ui/texts/retention.ts';

const t = retention.preview;

/** The bars in numbers. A month is that of the end of the term, in UTC, as the runs count. */
export function MonthTable({ preview: { months, rules } }: { readonly preview: RetentionPreview }) {
  return (
    <div className="ci-scroll" role="region" aria-label={t.tableLabel} tabIndex={0}>
      <table className="ci-numbers">
        <thead>
          <tr>
            <th scope="col">{t.kind}</th>
            <th scope="col">{t.due}</th>
            {months.map((month) => (
              <th key={month} scope="col">
                {month}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {ROW_RULES.map((rule) => (
            <tr key={rule}>
              <th scope="row">{t.rows[rule]}</th>
              <td>{rules[rule].now}</td>
              {rules[rule].later.map((count, index) => (
                <td key={months[index]}>{count}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
