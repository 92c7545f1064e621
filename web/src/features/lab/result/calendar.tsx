import { Section } from '@/components/page-frame';
import { useFormats } from '@/lib/formats';
import type { CalendarRow } from '@/lib/lab/run-schemas';
import styles from '../lab.module.css';
import own from './result.module.css';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** A change from which a cell has its full colour. */
const FULL = 0.15;

/** How strong the colour of a change is: five steps, 0 for next to nothing. */
export function strengthOf(change: number): number {
  return Math.min(5, Math.max(0, Math.ceil((Math.abs(change) / FULL) * 5 - 0.05)));
}

/** What each month and each year changed. */
export function Calendar({
  months,
  years,
}: {
  months: readonly CalendarRow[];
  years: readonly CalendarRow[];
}) {
  const named = [...new Set([...months, ...years].map((one) => one.year))].sort((a, b) => a - b);
  if (named.length === 0) return null;
  const at = (year: number, month: number) => months.find((one) => one.year === year && one.month === month);
  return (
    <Section title="Months and years">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keyboard */}
      <section className={styles.scroll} aria-label="Change by month and year" tabIndex={0}>
        <table className={own.months}>
          <thead>
            <tr>
              <th scope="col">Year</th>
              {MONTHS.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
              <th scope="col">Year</th>
            </tr>
          </thead>
          <tbody>
            {named.map((year) => (
              <tr key={year}>
                <th scope="row">{year}</th>
                {MONTHS.map((name, index) => (
                  <Cell key={name} row={at(year, index + 1)} />
                ))}
                <Cell row={years.find((one) => one.year === year)} whole />
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Section>
  );
}

function Cell({ row, whole = false }: { row: CalendarRow | undefined; whole?: boolean }) {
  const formats = useFormats();
  const change = row?.change ?? null;
  if (!row || change === null) return <td data-absent>–</td>;
  const short = `${formats.formatFixed(change * 100, 1)}%`;
  return (
    <td
      data-side={change > 0 ? 'up' : change < 0 ? 'down' : undefined}
      data-strength={strengthOf(change)}
      data-whole={whole || undefined}
      title={`${formats.formatChange(change)} in ${row.days} ${row.days === 1 ? 'day' : 'days'} with bars`}
    >
      {change > 0 && /[1-9]/.test(short) ? `+${short}` : short}
    </td>
  );
}
