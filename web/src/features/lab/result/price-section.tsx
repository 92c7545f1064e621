import { NativeSelect } from '@mantine/core';
import { useMemo } from 'react';
import { Section } from '@/components/page-frame';
import { useLabCharts } from '@/lib/lab/lab-charts';
import type { Run } from '@/lib/lab/run-schemas';
import type { Trade } from '@/lib/lab/strategy-schemas';
import { symbolId, symbolOfTrade } from '@/lib/lab/symbols';
import styles from './result.module.css';
import type { SymbolView } from './use-symbol-view';

/** The market with the trades in it; of several symbols one at a time. */
export function PriceSection({
  run,
  view,
  trades,
  selected,
  onSelect,
  onSymbol,
}: {
  run: Run;
  view: SymbolView;
  trades: readonly Trade[];
  selected: number | null;
  onSelect: (id: number | null) => void;
  onSymbol: (id: string) => void;
}) {
  const { TradeChart } = useLabCharts();
  const { charted, symbols, several } = view;
  const id = symbolId(charted);
  const own = useMemo(
    () =>
      several
        ? trades.filter((one) => {
            const symbol = symbolOfTrade(one, symbols);
            return symbol !== undefined && symbolId(symbol) === id;
          })
        : trades,
    [trades, symbols, several, id],
  );
  const venues = new Set(symbols.map((one) => one.venue)).size > 1;
  return (
    <Section
      title="Trades on the chart"
      actions={
        several && (
          <NativeSelect
            aria-label="Symbol on the chart"
            size="xs"
            value={id}
            data={symbols.map((one) => ({
              value: symbolId(one),
              label: venues ? `${one.symbol} (${one.venue})` : one.symbol,
            }))}
            onChange={(event) => onSymbol(event.currentTarget.value)}
          />
        )
      }
    >
      <div className={styles.price}>
        <TradeChart
          // Another market is another chart: its prices are far from those before.
          key={id}
          symbol={id}
          tickSize={view.tickSize(charted)}
          timeframe={run.timeframe}
          from={run.from}
          to={run.to}
          trades={own}
          selected={selected}
          onSelect={onSelect}
          label={`Candles of ${charted.symbol} with ${own.length} trades; the table below chooses one by keyboard`}
        />
      </div>
    </Section>
  );
}
