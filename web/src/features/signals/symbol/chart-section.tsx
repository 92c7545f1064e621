import { type ReactNode, useState } from 'react';
import { Choice } from '@/components/choice';
import { Section } from '@/components/page-frame';
import type { Instrument } from '@/lib/api/schemas';
import { SIGNAL_TIMEFRAMES, type SignalTimeframe } from '@/lib/signals/direction';
import { timeframeName } from '@/lib/timeframe';
import styles from './symbol.module.css';

/** The chart, which another part of the dashboard draws. */
export type ChartOf = (instrument: Instrument, timeframe: SignalTimeframe) => ReactNode;

/** The candles with what was said at them, on the timeframe that leads until another is wanted. */
export function ChartSection({
  instrument,
  lead,
  chart,
}: {
  instrument: Instrument;
  lead: SignalTimeframe;
  chart: ChartOf;
}) {
  const [chosen, setChosen] = useState<SignalTimeframe>();
  const there = SIGNAL_TIMEFRAMES.filter((one) => instrument.timeframes.includes(one));
  return (
    <Section
      title="Chart"
      about="▲ and ▼ in a frame are changes of direction as they were told, strong ones in a full frame, a ring back to neutral. Arrows are patterns."
      actions={
        <Choice
          label="Timeframe"
          values={there}
          value={chosen ?? lead}
          about={timeframeName}
          onChange={setChosen}
        />
      }
    >
      <div className={styles.chart}>{chart(instrument, chosen ?? lead)}</div>
    </Section>
  );
}
