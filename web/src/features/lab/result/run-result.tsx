import { useRef, useState } from 'react';
import { Section } from '@/components/page-frame';
import type { Run } from '@/lib/lab/run-schemas';
import { findInstrument } from '@/lib/market/instrument';
import { useInstruments } from '@/lib/market/use-instruments';
import { Calendar } from './calendar';
import { CostSection } from './cost-section';
import { Distribution } from './distribution';
import { EquitySection } from './equity-section';
import { Excursions } from './excursions';
import { FiguresTable } from './figures-table';
import { Headline } from './headline';
import { PriceSection } from './price-section';
import styles from './result.module.css';
import { RobustnessSection } from './robustness-section';
import { TradeTable } from './trade-table';
import { useTrades } from './use-trades';
import { VerdictList } from './verdict-list';

/** All that a run found out, the judgement first. */
export function RunResult({ run }: { run: Run }) {
  const { data: all = [] } = useInstruments();
  const instrument = findInstrument(`${run.venue}:${run.symbol}`, all) ?? findInstrument(run.symbol, all);
  const quote = instrument?.quote ?? '';
  const tickSize = instrument?.tick_size ?? '0.00000001';
  const trades = useTrades(run);
  const [selected, setSelected] = useState<number | null>(null);
  /** The one in the table that the pointer rests on: it is shown meanwhile. */
  const [pointed, setPointed] = useState<number | null>(null);
  const chart = useRef<HTMLDivElement>(null);
  /** Of a plot far from the chart: the chart is brought into view too. */
  const show = (id: number | null) => {
    setSelected(id);
    if (id !== null) chart.current?.scrollIntoView({ block: 'nearest' });
  };
  return (
    <>
      <VerdictList run={run} quote={quote} />
      <Headline run={run} quote={quote} />
      <EquitySection run={run} quote={quote} />
      <div ref={chart}>
        <PriceSection
          run={run}
          tickSize={tickSize}
          trades={trades.all}
          selected={pointed ?? selected}
          onSelect={setSelected}
        />
      </div>
      <TradeTable
        trades={trades}
        timeframe={run.timeframe}
        tickSize={tickSize}
        quote={quote}
        selected={selected}
        onSelect={setSelected}
        onPoint={setPointed}
      />
      <Calendar months={run.months ?? []} years={run.years ?? []} />
      <div className={styles.pair}>
        <Distribution trades={trades.all} />
        <Excursions trades={trades.all} selected={selected} onSelect={show} />
      </div>
      <CostSection run={run} quote={quote} />
      <RobustnessSection run={run} />
      <Section
        title="All figures"
        about="Each with what it is made of. A year has 365 days, for crypto does not close; what rests on too small a sample is not told."
      >
        <FiguresTable run={run} quote={quote} />
      </Section>
      <details className={styles.document}>
        <summary>The strategy as it was run</summary>
        <pre>{run.document ?? 'It is not told.'}</pre>
      </details>
    </>
  );
}
