import { useRef, useState } from 'react';
import { Section } from '@/components/page-frame';
import type { Instrument } from '@/lib/api/schemas';
import type { Run } from '@/lib/lab/run-schemas';
import { symbolId } from '@/lib/lab/symbols';
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
import { SymbolTable } from './symbol-table';
import { TradeTable } from './trade-table';
import { useSymbolView } from './use-symbol-view';
import { useTrades } from './use-trades';
import { VerdictList } from './verdict-list';

const NONE: readonly Instrument[] = [];

/** All that a run found out, the judgement first. */
export function RunResult({ run }: { run: Run }) {
  const { data: instruments = NONE } = useInstruments();
  const trades = useTrades(run);
  const [selected, setSelected] = useState<number | null>(null);
  /** The one in the table that the pointer rests on: it is shown meanwhile. */
  const [pointed, setPointed] = useState<number | null>(null);
  const lookedAt = trades.all.find((one) => one.id === (pointed ?? selected));
  const view = useSymbolView(run, instruments, lookedAt);
  const { quote } = view;
  /** A symbol is turned to: a trade of another one is no longer chosen. */
  const turnTo = (symbol: string | null, turn: () => void) => {
    const trade = trades.all.find((one) => one.id === selected);
    const of = trade && view.of(trade);
    if (symbol !== null && of && symbolId(of) !== symbol) setSelected(null);
    setPointed(null);
    turn();
  };
  const chart = useRef<HTMLDivElement>(null);
  const select = (id: number | null) => {
    setSelected(id);
    const trade = trades.all.find((one) => one.id === id);
    const of = trade && view.of(trade);
    // It stands in the table, whichever symbol was shown alone.
    if (of && view.only !== null && symbolId(of) !== view.only) view.show(symbolId(of));
  };
  /** Of a plot far from the chart: the chart is brought into view too. */
  const show = (id: number | null) => {
    select(id);
    if (id !== null) chart.current?.scrollIntoView({ block: 'nearest' });
  };
  return (
    <>
      <VerdictList run={run} quote={quote} />
      <Headline run={run} quote={quote} />
      <EquitySection run={run} quote={quote} />
      <SymbolTable
        run={run}
        quote={quote}
        only={view.only}
        onOnly={(symbol) => turnTo(symbol, () => view.show(symbol))}
      />
      <div ref={chart}>
        <PriceSection
          run={run}
          view={view}
          trades={trades.all}
          selected={pointed ?? selected}
          onSelect={select}
          onSymbol={(symbol) => turnTo(symbol, () => view.chart(symbol))}
        />
      </div>
      <TradeTable
        trades={trades}
        view={view}
        timeframe={run.timeframe}
        quote={quote}
        selected={selected}
        onSelect={select}
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
