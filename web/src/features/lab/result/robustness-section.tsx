import { Section } from '@/components/page-frame';
import { useFormats } from '@/lib/formats';
import type { Run } from '@/lib/lab/run-schemas';
import { unixMs } from '@/lib/time';
import styles from '../lab.module.css';
import { fanOf, type Leaks, type MonteCarlo, readLeaks, readRobustness, type Stretch } from './evidence';
import { FanPlot } from './fan-plot';
import { shareText } from './figure-words';
import own from './result.module.css';
import { GradeMark } from './verdict-list';

/** What chance would have shown, and whether the future was looked at. */
export function RobustnessSection({ run }: { run: Run }) {
  const told = readRobustness(run.robustness);
  const leaks = readLeaks(run.leaks);
  if (told === null && leaks === null) {
    return (
      <Section title="Robustness">
        <p className={styles.fine}>Neither chance nor leaks were looked at in this run.</p>
      </Section>
    );
  }
  const fan = told?.monteCarlo ? fanOf(told.monteCarlo) : null;
  return (
    <Section
      title="Robustness"
      about="Whether the result is more than luck: the same run against chance, in ways that all come from one seed."
    >
      <ul className={own.checks}>
        {leaks && <LeakLine leaks={leaks} />}
        {told?.checks.map(({ key, name, grade, verdict }) => (
          <li key={key}>
            <GradeMark grade={grade} />
            <span>
              <b>{name}.</b> {verdict}
            </span>
          </li>
        ))}
      </ul>
      {told?.trials != null && (
        <p className={styles.fine}>
          Of this strategy {told.trials === 1 ? 'one variant is' : `${told.trials} variants are`} recorded as
          tried.
        </p>
      )}
      {told?.monteCarlo && fan && <FanPlot fan={fan} />}
      {told?.monteCarlo && <PathTable paths={told.monteCarlo} />}
      {told && told.stretches.length > 0 && <Stretches stretches={told.stretches} />}
    </Section>
  );
}

function LeakLine({ leaks }: { leaks: Leaks }) {
  return (
    <li>
      <GradeMark grade={leaks.passed ? 'good' : 'bad'} />
      <span>
        <b>{leaks.passed ? 'No look-ahead.' : 'Look-ahead.'}</b>{' '}
        {leaks.text ||
          (leaks.passed ? 'Changing the future moved nothing of the past.' : 'The future moved the past.')}
        {leaks.found.length > 0 && (
          <ul className={own.found}>
            {leaks.found.slice(0, 8).map((leak) => (
              <li key={`${leak.kind} ${leak.rule} ${leak.text}`}>
                {leak.line != null && `line ${leak.line}, `}
                {leak.rule}: {leak.text}
              </li>
            ))}
          </ul>
        )}
      </span>
    </li>
  );
}

function PathTable({ paths }: { paths: MonteCarlo }) {
  const formats = useFormats();
  const rows = [
    ['Total return', paths.total_return, (value: number) => formats.formatChange(value)],
    ['Deepest drawdown', paths.max_drawdown, (value: number) => shareText(formats, value)],
    ['Sharpe ratio', paths.sharpe, (value: number) => formats.formatFixed(value, 2)],
  ] as const;
  const known = rows.filter(([, spread]) => spread);
  if (known.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keyboard
    <section className={styles.scroll} aria-label="Spread over the paths" tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col" data-text>
              Of all paths
            </th>
            {['5 %', '25 %', 'half', '75 %', '95 %'].map((share) => (
              <th key={share} scope="col">
                {share} are under
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {known.map(([name, spread, write]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {([spread?.q05, spread?.q25, spread?.q50, spread?.q75, spread?.q95] as const).map(
                (value, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a quantile is its place
                  <td key={index}>{value == null ? '–' : write(value)}</td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Stretches({ stretches }: { stretches: readonly Stretch[] }) {
  const formats = useFormats();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keyboard
    <section className={styles.scroll} aria-label="Equal stretches of time" tabIndex={0}>
      <h3 className={own.small}>Equal stretches of time</h3>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col" data-text>
              From
            </th>
            <th scope="col" data-text>
              To
            </th>
            <th scope="col">Return</th>
            <th scope="col">Sharpe</th>
            <th scope="col">Drawdown</th>
            <th scope="col">Trades</th>
          </tr>
        </thead>
        <tbody>
          {stretches.map((one) => (
            <tr key={one.from}>
              <th scope="row">{formats.formatDay(unixMs(one.from))}</th>
              <td data-text>{formats.formatDay(unixMs(one.to))}</td>
              <td data-tone={(one.total_return ?? 0) >= 0 ? 'up' : 'down'}>
                {one.total_return == null ? 'n/a' : formats.formatChange(one.total_return)}
              </td>
              <td>{one.sharpe == null ? 'n/a' : formats.formatFixed(one.sharpe, 2)}</td>
              <td>{one.max_drawdown == null ? 'n/a' : shareText(formats, one.max_drawdown)}</td>
              <td>{one.trades == null ? 'n/a' : formats.formatCount(one.trades)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
