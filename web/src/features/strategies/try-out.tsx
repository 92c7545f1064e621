import { NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { PracticeBadge } from '@/components/practice-badge';
import { SymbolSelect } from '@/components/symbol-select';
import { useFormats } from '@/lib/formats';
import { useLabCharts } from '@/lib/lab/lab-charts';
import type { StrategyChecked, Trade } from '@/lib/lab/strategy-schemas';
import { instrumentId } from '@/lib/market/instrument';
import { isTimeframe, TIMEFRAMES, timeframeName } from '@/lib/timeframe';
import styles from './strategies.module.css';
import { TRIED_BARS, type TryOnChoice } from './use-try-on';

const NO_TRADES: readonly Trade[] = [];

/** Where the document would have entered and left, on the newest candles. */
export function TryOut({
  tryOn,
  answer,
  stale,
}: {
  tryOn: TryOnChoice;
  answer: StrategyChecked | null;
  /** The answer is about an older text. */
  stale: boolean;
}) {
  const formats = useFormats();
  const { TradeChart } = useLabCharts();
  const [selected, setSelected] = useState<number | null>(null);
  const { instrument, instruments, symbol, timeframe } = tryOn;
  const trades = answer?.trades ?? NO_TRADES;
  const won = trades.filter((one) => one.pnl > 0).length;
  const sum = trades.reduce((total, one) => total + one.pnl_pct, 0);
  return (
    <div className={styles.tried}>
      <div className={styles.choices}>
        <SymbolSelect
          label="On the candles of"
          size="xs"
          value={symbol}
          all={instruments}
          onChange={tryOn.setSymbol}
        />
        <NativeSelect
          label="Timeframe"
          size="xs"
          value={timeframe}
          data={(instrument?.timeframes ?? TIMEFRAMES).map((value) => ({
            value,
            label: timeframeName(value),
          }))}
          onChange={(event) => {
            const { value } = event.currentTarget;
            if (isTimeframe(value)) tryOn.setTimeframe(value);
          }}
        />
      </div>
      <p className={styles.fine} data-stale={stale || undefined} role="status">
        {trades.length === 0
          ? answer?.ok
            ? `No trade in the newest ${formats.formatCount(TRIED_BARS)} bars.`
            : 'Its trades appear here once nothing is wrong with it.'
          : `${formats.formatCount(trades.length)} ${trades.length === 1 ? 'trade' : 'trades'} in the newest ${formats.formatCount(TRIED_BARS)} bars, ${won} won, ${formats.formatChange(sum / 100 / trades.length)} each on average. That is a look, no test.`}
        {stale && answer && ' Of the text before.'}
      </p>
      {instrument?.practice && (
        <p className={styles.fine}>
          <PracticeBadge market="practice" short /> These prices are invented.
        </p>
      )}
      {answer?.warnings.map((text) => (
        <p key={text} className={styles.fine}>
          {text}
        </p>
      ))}
      <div className={styles.chart}>
        {instrument && (
          <TradeChart
            symbol={instrumentId(instrument)}
            tickSize={instrument.tick_size}
            timeframe={timeframe}
            from={null}
            to={null}
            trades={trades}
            selected={selected}
            onSelect={setSelected}
            label={`Candles of ${instrument.symbol} with the ${trades.length} trades of this document`}
          />
        )}
      </div>
    </div>
  );
}
