import { Button, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { DirectionMark } from '@/components/direction-mark';
import { MessagePanel } from '@/components/message-panel';
import { Section } from '@/components/page-frame';
import { ProblemNote } from '@/components/problem-note';
import { useFormats } from '@/lib/formats';
import { isSignalTimeframe, SIGNAL_TIMEFRAMES, type SignalTimeframe } from '@/lib/signals/direction';
import type { KeptSignal } from '@/lib/signals/schemas';
import { useSignalHistory } from '@/lib/signals/use-signals';
import { cameTrue, percent } from '@/lib/signals/words';
import { timeframeName } from '@/lib/timeframe';
import styles from './record.module.css';

/** The signals of a symbol as they were emitted, the newest first, and what became of them. */
export function HistorySection({ symbol, lead }: { symbol: string; lead: SignalTimeframe }) {
  const [chosen, setChosen] = useState<SignalTimeframe>();
  const timeframe = chosen ?? lead;
  const history = useSignalHistory(symbol, timeframe);
  const problem = history.error ?? history.failureReason;
  return (
    <Section
      title="Said before"
      about="Each signal as it was emitted, never changed afterwards, and how the price moved since."
    >
      <div className={styles.tools}>
        <NativeSelect
          aria-label="Timeframe of the signals said before"
          size="xs"
          value={timeframe}
          data={SIGNAL_TIMEFRAMES.map((value) => ({ value, label: timeframeName(value) }))}
          onChange={(event) => {
            const value = event.currentTarget.value;
            if (isSignalTimeframe(value)) setChosen(value);
          }}
        />
      </div>
      {history.data ? (
        <Kept signals={history.data.signals} timeframe={timeframe} />
      ) : problem ? (
        <div className={styles.failure}>
          <ProblemNote>What was said before could not be loaded: {problem.message}</ProblemNote>
          <Button size="xs" onClick={() => void history.refetch()}>
            Try again
          </Button>
        </div>
      ) : (
        <MessagePanel title="Loading…">What was said before is on its way.</MessagePanel>
      )}
    </Section>
  );
}

/** So many are shown at first: what follows on the page is not to be far away. */
const FIRST_ROWS = 10;

function Kept({ signals, timeframe }: { signals: readonly KeptSignal[]; timeframe: SignalTimeframe }) {
  const [all, setAll] = useState(false);
  if (signals.length === 0) {
    return (
      <MessagePanel title="Nothing yet">
        No {timeframeName(timeframe)} signal was emitted since this server began to keep them. One comes with
        each bar that closes.
      </MessagePanel>
    );
  }
  const newest = [...signals].reverse();
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keyboard */}
      <section className={styles.scroll} aria-label="Signals said before" tabIndex={0}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">Said at</th>
              <th scope="col">Score</th>
              <th scope="col">Direction</th>
              <th scope="col" data-column="confidence">
                Confidence
              </th>
              <th scope="col">After 1 hour</th>
              <th scope="col">After 4 hours</th>
              <th scope="col">After 1 day</th>
            </tr>
          </thead>
          <tbody>
            {(all ? newest : newest.slice(0, FIRST_ROWS)).map((signal) => (
              <Row key={signal.bar_time} signal={signal} />
            ))}
          </tbody>
        </table>
      </section>
      {newest.length > FIRST_ROWS && (
        <Button className={styles.more ?? ''} size="xs" variant="default" onClick={() => setAll(!all)}>
          {all ? 'Show fewer' : `Show all ${newest.length}`}
        </Button>
      )}
    </>
  );
}

function Row({ signal }: { signal: KeptSignal }) {
  const formats = useFormats();
  return (
    <tr>
      <th scope="row">{formats.formatMoment(signal.emitted_at)}</th>
      <td>{signal.score === null ? '–' : formats.formatFixed(signal.score, 1)}</td>
      <td>{signal.direction && <DirectionMark direction={signal.direction} />}</td>
      <td data-column="confidence">{percent(formats, signal.confidence)}</td>
      {signal.outcomes.map((outcome) => (
        <Outcome key={outcome.horizon} signal={signal} change={outcome.change} />
      ))}
    </tr>
  );
}

/** How the price moved, and whether that was the way that had been said. */
function Outcome({ signal, change }: { signal: KeptSignal; change: number | null }) {
  const formats = useFormats();
  if (change === null) return <td className={styles.absent}>open</td>;
  const came = cameTrue(signal.direction, change);
  return (
    <td>
      {formats.formatChange(change)}
      {came !== null && <span aria-hidden>{came ? ' ✓' : ' ✗'}</span>}
      {came !== null && <span className={styles.spoken}>{came ? 'as said' : 'the other way'}</span>}
    </td>
  );
}
