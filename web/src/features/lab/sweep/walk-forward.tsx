import { useMemo } from 'react';
import { Section } from '@/components/page-frame';
import { useFormats } from '@/lib/formats';
import { type Curve, useLabCharts } from '@/lib/lab/lab-charts';
import styles from '../lab.module.css';
import { moneyText } from '../result/figure-words';
import result from '../result/result.module.css';
import type { WalkForward as Told } from './sweep-evidence';
import { inputsText, objectiveName, objectiveText } from './sweep-words';

/** What was best in each stretch beside what it did in the next, and the account that goes on from test to test. */
export function WalkForward({ told, objective }: { told: Told; objective: string }) {
  const formats = useFormats();
  const { CurveChart } = useLabCharts();
  const curves = useMemo<readonly Curve[]>(
    () => [
      {
        name: 'Out of sample',
        color: '1',
        points: told.equity.map(({ time, equity }) => ({ time, value: equity })),
      },
    ],
    [told.equity],
  );
  const writers = useMemo(() => [(value: number) => moneyText(formats, value)] as const, [formats]);
  const name = objectiveName(objective);
  const number = (value: number | null | undefined) =>
    value == null ? 'n/a' : objectiveText(objective, value, formats);
  const share = (value: number | null | undefined) => (value == null ? 'n/a' : formats.formatChange(value));
  const held = told.folds.filter((one) => (one.out_of_sample_figures?.total_return ?? 0) > 0).length;
  return (
    <Section
      title="Walk forward"
      about="Each step is traded with the inputs that were best before it: what is told here was chosen without seeing it."
    >
      <p className={result.line}>
        {told.efficiency != null && (
          <>
            Of the growth that training promised, <b>{formats.formatFixed(told.efficiency * 100, 0)}%</b> was
            kept out of sample.{' '}
          </>
        )}
        {held} of {told.folds.length} steps earned
        {told.figures?.total_return != null && <>; together they made {share(told.figures.total_return)}</>}
        {told.figures?.objective != null && (
          <>
            , with a {name} of {number(told.figures.objective)}
          </>
        )}
        .
      </p>
      {told.equity.length > 1 && (
        <div className={result.equity}>
          <CurveChart curves={curves} formats={writers} label="Equity of all tests, one after the other" />
        </div>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keyboard */}
      <section className={styles.scroll} aria-label="Steps" tabIndex={0}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col" data-text>
                Test
              </th>
              <th scope="col" data-text>
                Trained from
              </th>
              <th scope="col" data-text>
                Inputs
              </th>
              <th scope="col">{name}, in sample</th>
              <th scope="col">out of sample</th>
              <th scope="col">Return, in sample</th>
              <th scope="col">out of sample</th>
              <th scope="col">Trades</th>
            </tr>
          </thead>
          <tbody>
            {told.folds.map((fold) => {
              const after = fold.out_of_sample_figures?.total_return;
              return (
                <tr key={fold.test.from}>
                  <th scope="row">
                    {formats.formatDay(fold.test.from)} – {formats.formatDay(fold.test.to)}
                  </th>
                  <td data-text>{formats.formatDay(fold.train.from)}</td>
                  <td data-text>{fold.inputs ? inputsText(fold.inputs) : 'none had a value'}</td>
                  <td>{number(fold.in_sample)}</td>
                  <td>
                    <b>{number(fold.out_of_sample)}</b>
                  </td>
                  <td>{share(fold.in_sample_figures?.total_return)}</td>
                  <td data-tone={after == null || after === 0 ? undefined : after > 0 ? 'up' : 'down'}>
                    {share(after)}
                  </td>
                  <td>
                    {fold.out_of_sample_figures?.trades == null
                      ? 'n/a'
                      : formats.formatCount(fold.out_of_sample_figures.trades)}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
    </Section>
  );
}
