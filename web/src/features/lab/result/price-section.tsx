import { Section } from '@/components/page-frame';
import { useLabCharts } from '@/lib/lab/lab-charts';
import type { Run } from '@/lib/lab/run-schemas';
import type { Trade } from '@/lib/lab/strategy-schemas';
import styles from './result.module.css';

/** The market with the trades in it. */
export function PriceSection({
  run,
  tickSize,
  trades,
  selected,
  onSelect,
}: {
  run: Run;
  tickSize: string;
  trades: readonly Trade[];
  selected: number | null;
  onSelect: (id: number | null) => void;
}) {
  const { TradeChart } = useLabCharts();
  return (
    <Section title="Trades on the chart">
      <div className={styles.price}>
        <TradeChart
          symbol={`${run.venue}:${run.symbol}`}
          tickSize={tickSize}
          timeframe={run.timeframe}
          from={run.from}
          to={run.to}
          trades={trades}
          selected={selected}
          onSelect={onSelect}
          label={`Candles of ${run.symbol} with ${trades.length} trades; the table below chooses one by keyboard`}
        />
      </div>
    </Section>
  );
}
