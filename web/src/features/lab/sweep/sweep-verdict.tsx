import { Button } from '@mantine/core';
import { Section } from '@/components/page-frame';
import { useFormats } from '@/lib/formats';
import { isUnderWay } from '@/lib/lab/run-schemas';
import type { Sweep, SweepCell } from '@/lib/lab/sweep-schemas';
import { shareText } from '../result/figure-words';
import result from '../result/result.module.css';
import { GradeMark, Warnings } from '../result/verdict-list';
import { readOverfitting, readStability } from './sweep-evidence';
import { whyNoneHas } from './sweep-facts';
import { inputsText, objectiveName, objectiveText } from './sweep-words';

/** From here on the highest cell is more than the luckiest of many. */
const MORE_THAN_LUCK = 0.95;
const MAYBE = 0.9;

/** What the server's verdict means, where its figure already stands. */
const LUCK: Readonly<Record<string, string>> = {
  not_better_than_luck: 'Luck alone could look like this.',
  better_than_luck: 'Luck alone would hardly look like this.',
};

/** The highest cell, never without what is left of it after so many trials. */
export function SweepVerdict({ sweep, onOpen }: { sweep: Sweep; onOpen: (cell: SweepCell) => void }) {
  const formats = useFormats();
  const { best, objective } = sweep;
  const overfitting = readOverfitting(sweep.pbo);
  const stability = readStability(sweep.stability);
  const cell = sweep.cells.find((one) => one.index === best?.index);
  const name = objectiveName(objective);
  const number = (value: number | null | undefined) =>
    value == null ? 'n/a' : objectiveText(objective, value, formats);
  if (!best) {
    return (
      <Section title="Verdict">
        <p className={result.line}>
          {isUnderWay(sweep.status)
            ? `No cell has a ${name} yet.`
            : (whyNoneHas(sweep.cells, objective, formats) ??
              (sweep.skipped > 0
                ? `Nothing was tried: all ${formats.formatCount(sweep.skipped)} cells are left out by the conditions of the strategy.`
                : 'Nothing was tried.'))}
        </p>
      </Section>
    );
  }
  const chance = best.deflated_sharpe;
  const grade =
    chance === null ? 'unknown' : chance >= MORE_THAN_LUCK ? 'good' : chance >= MAYBE ? 'doubtful' : 'bad';
  return (
    <Section
      title="Verdict"
      actions={
        cell && (
          <Button size="xs" variant="default" onClick={() => onOpen(cell)}>
            Run the highest cell
          </Button>
        )
      }
    >
      <ul className={result.verdicts}>
        <li>
          <GradeMark grade={grade} />
          <span>
            Highest of {formats.formatCount(sweep.done - sweep.skipped)} cells:{' '}
            <b>{inputsText(best.inputs)}</b>, {name} {number(best.objective)}. Its deflated Sharpe ratio after{' '}
            {formats.formatCount(best.trials)} {best.trials === 1 ? 'trial' : 'trials'} of this strategy is{' '}
            <b>{chance === null ? 'n/a' : shareText(formats, chance)}</b>: the chance that it is better than
            the luckiest of as many worthless ones.{' '}
            {LUCK[best.verdict] ?? sentence(best.text ?? best.verdict.replaceAll('_', ' '))}
          </span>
        </li>
        {overfitting && (
          <li>
            <GradeMark
              grade={
                (overfitting.probability ?? 1) <= 0.1
                  ? 'good'
                  : (overfitting.probability ?? 1) <= 0.5
                    ? 'doubtful'
                    : 'bad'
              }
            />
            <span>
              Probability of overfitting (PBO): <b>{shareText(formats, overfitting.probability ?? 0)}</b>. In
              so many of {formats.formatCount(overfitting.splits ?? 0)} ways to halve the time, what was best
              on one half was in the lower half on the other
              {overfitting.chance_of_loss != null &&
                `; in ${shareText(formats, overfitting.chance_of_loss)} it lost there`}
              .
            </span>
          </li>
        )}
        {stability && (
          <li>
            <GradeMark
              grade={
                (stability.kept ?? 0) >= 0.7 ? 'good' : (stability.kept ?? 0) >= 0.4 ? 'doubtful' : 'bad'
              }
            />
            <span>
              One step away its {formats.formatCount(stability.neighbours ?? 0)} neighbours have a {name} of{' '}
              {number(stability.mean)} on average, {number(stability.worst)} at worst, beside{' '}
              {number(stability.best)}: a peak alone is luck, a plateau may be more.
            </span>
          </li>
        )}
      </ul>
      <Warnings texts={sweep.warnings} />
      {sweep.practice && (
        <p className={result.warning}>
          <b>Practice.</b> These prices are invented: the result says nothing of a real market.
        </p>
      )}
    </Section>
  );
}

/** With a capital and a full stop. */
function sentence(text: string): string {
  const whole = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(whole) ? whole : `${whole}.`;
}
