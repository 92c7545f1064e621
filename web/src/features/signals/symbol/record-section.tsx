import { Button, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { MessagePanel } from '@/components/message-panel';
import { Section } from '@/components/page-frame';
import { ProblemNote } from '@/components/problem-note';
import { useFormats } from '@/lib/formats';
import {
  DIRECTIONS,
  type Direction,
  type Horizon,
  isSignalTimeframe,
  SIGNAL_TIMEFRAMES,
  type SignalTimeframe,
} from '@/lib/signals/direction';
import type { SignalRecord } from '@/lib/signals/schemas';
import { useSignalRecord } from '@/lib/signals/use-signals';
import { horizonWords, percent } from '@/lib/signals/words';
import { timeframeName } from '@/lib/timeframe';
import { HorizonChoice } from '../horizon-choice';
import styles from './record.module.css';
import { RecordTable } from './record-table';
import { ReliabilityPlot } from './reliability-plot';
import { verdictWords } from './verdict-words';

/** The strongest buys first; nobody trades on neutral. */
const TRADED = [...DIRECTIONS].reverse().filter((band) => band !== 'neutral');

/** What signals of a symbol were worth over everything stored of it. */
export function RecordSection({
  symbol,
  lead,
  horizon,
  direction,
}: {
  symbol: string;
  /** Whose record is shown at first, and over which horizon. */
  lead: SignalTimeframe;
  horizon: Horizon;
  /** What is said now: its band is marked. */
  direction: Direction | null;
}) {
  const [chosen, setChosen] = useState<{ timeframe?: SignalTimeframe; horizon?: Horizon }>({});
  const timeframe = chosen.timeframe ?? lead;
  const over = chosen.horizon ?? horizon;
  const record = useSignalRecord(symbol, timeframe, over);
  const problem = record.error ?? record.failureReason;
  return (
    <Section
      title="Track record"
      about="Every signal that the stored history would have given, judged after costs. No signal, and no probability, knew what came later."
    >
      <div className={styles.tools}>
        <NativeSelect
          aria-label="Timeframe of the track record"
          size="xs"
          value={timeframe}
          data={SIGNAL_TIMEFRAMES.map((value) => ({ value, label: timeframeName(value) }))}
          onChange={(event) => {
            const value = event.currentTarget.value;
            if (isSignalTimeframe(value)) setChosen({ ...chosen, timeframe: value });
          }}
        />
        <HorizonChoice
          value={over}
          label="judged after"
          onChange={(value) => setChosen({ ...chosen, horizon: value })}
        />
      </div>
      {record.data ? (
        <Record record={record.data} now={timeframe === lead ? direction : null} />
      ) : problem ? (
        <div className={styles.failure}>
          <ProblemNote>The track record could not be loaded: {problem.message}</ProblemNote>
          <Button size="xs" onClick={() => void record.refetch()}>
            Try again
          </Button>
        </div>
      ) : (
        <MessagePanel title="Working it out…">
          Every stored {timeframeName(timeframe)} bar is gone through. The first time this takes a moment.
        </MessagePanel>
      )}
    </Section>
  );
}

function Record({ record, now }: { record: SignalRecord; now: Direction | null }) {
  const formats = useFormats();
  const { first, last } = record;
  if (record.signals === 0 || first === null || last === null) {
    return (
      <MessagePanel title="Not enough history">
        Nothing stored of this symbol is long enough for a {timeframeName(record.timeframe)} signal that could
        be judged.
      </MessagePanel>
    );
  }
  return (
    <>
      <ul className={styles.verdicts} aria-label="Verdicts">
        <li>{verdictWords(null, record.all, formats)}</li>
        {TRADED.map((band) => (
          <li key={band} data-now={band === now || undefined}>
            {verdictWords(band, record.bands[band], formats)}
            {band === now && <span className={styles.now}>as now</span>}
          </li>
        ))}
      </ul>
      <RecordTable record={record} />
      <p className={styles.fine}>
        {formats.formatCount(record.signals)} signals from {formats.formatDay(first)} to{' '}
        {formats.formatDay(last)}, judged after {horizonWords(record.horizon)} and{' '}
        {percent(formats, record.round_trip_cost, 2)} of costs, by the components “{record.components}”.
      </p>
      <Reliability record={record} />
    </>
  );
}

/** Whether the probabilities that were told came true. */
function Reliability({ record: { all, reliability } }: { record: SignalRecord }) {
  const formats = useFormats();
  if (reliability.length === 0) {
    return (
      <p className={styles.fine}>
        Probabilities: not enough history. None has been told yet, which takes 200 outcomes.
      </p>
    );
  }
  return (
    <div className={styles.reliability}>
      <ReliabilityPlot bins={reliability} />
      <div className={styles.beside}>
        <h3>Do the probabilities hold?</h3>
        <p>
          A dot on the broken line means that as many paid as was told. Above it more paid, below it fewer.
          The number is how many signals a dot stands for; of few, a dot says little.
        </p>
        {all.brier === null || all.brier_base === null || all.ece === null ? (
          <p>Their error: not enough history, for {formats.formatCount(all.told)} were told.</p>
        ) : (
          <p>
            Brier score {formats.formatFixed(all.brier, 3)}; always telling the share that paid has{' '}
            {formats.formatFixed(all.brier_base, 3)}, so they are{' '}
            {all.brier < all.brier_base ? 'better than that' : 'no better than that'}. On average they were
            off by {percent(formats, all.ece, 1)}.
          </p>
        )}
      </div>
    </div>
  );
}
