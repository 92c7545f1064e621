import { Button } from '@mantine/core';
import { useRef, useState } from 'react';
import { MessagePanel } from '@/components/message-panel';
import { useFormats } from '@/lib/formats';
import type { TradeChartProps } from '@/lib/lab/lab-charts';
import type { Trade } from '@/lib/lab/strategy-schemas';
import { durationMs } from '@/lib/timeframe';
import styles from './trade-chart.module.css';
import { useTradeChart } from './use-trade-chart';
import { useWindowCandles } from './use-window-candles';

/** The candles that a strategy ran over, with its trades. */
export function TradeChart(props: TradeChartProps & { scheme: 'dark' | 'light' }) {
  const { zone } = useFormats();
  // The days of the time axis are those of the zone; another one takes another axis.
  return <ZonedTradeChart key={zone.name} {...props} />;
}

function ZonedTradeChart({
  symbol,
  tickSize,
  timeframe,
  to,
  trades,
  selected,
  onSelect,
  label,
  scheme,
}: TradeChartProps & { scheme: 'dark' | 'light' }) {
  const formats = useFormats();
  const container = useRef<HTMLDivElement>(null);
  const [hovered, setHovered] = useState<number | null>(null);
  const chosen = trades.find((one) => one.id === selected);
  const { bars, phase, problem, more, retry } = useWindowCandles({
    symbol,
    timeframe,
    to,
    focus: chosen?.entry_time ?? null,
  });
  useTradeChart(container, {
    name: `${symbol} ${timeframe}`,
    timeframe,
    tickSize,
    bars,
    trades,
    selected,
    scheme,
    formats,
    onMore: more,
    onSelect,
    onHover: setHovered,
  });
  const told = trades.find((one) => one.id === hovered) ?? chosen;
  return (
    <figure className={styles.figure} aria-label={label}>
      <figcaption className={styles.told} aria-live="polite">
        {told ? (
          <TradeLine trade={told} barMs={durationMs(timeframe)} tickSize={tickSize} />
        ) : (
          <span className={styles.hint}>
            ▲ long and ▼ short entries, × exits. Choose one to see its trade.
          </span>
        )}
      </figcaption>
      <div className={styles.stage}>
        <div ref={container} className={styles.canvas} data-bars={bars.length} />
        {phase !== 'ready' && (
          <div className={styles.cover}>
            {phase === 'failed' ? (
              <MessagePanel
                role="alert"
                title="The candles could not be loaded"
                actions={
                  <Button size="xs" onClick={retry}>
                    Try again
                  </Button>
                }
              >
                {problem?.message}
              </MessagePanel>
            ) : (
              <MessagePanel title="Loading the candles…">One moment.</MessagePanel>
            )}
          </div>
        )}
        {phase === 'ready' && bars.length === 0 && (
          <div className={styles.cover}>
            <MessagePanel title="No candles are stored">Nothing of this timeframe is stored.</MessagePanel>
          </div>
        )}
      </div>
    </figure>
  );
}

/** A trade in a line. */
function TradeLine({ trade, barMs, tickSize }: { trade: Trade; barMs: number; tickSize: string }) {
  const formats = useFormats();
  const open = trade.exit_reason === 'open';
  return (
    <>
      <b>
        {trade.side === 'long' ? '▲ Long' : '▼ Short'} {trade.id}
      </b>{' '}
      {formats.formatOpen(trade.entry_time, barMs)} at {formats.formatPrice(trade.entry_price, tickSize)} →{' '}
      {open ? 'still open, ' : `${formats.formatOpen(trade.exit_time, barMs)} at `}
      {formats.formatPrice(trade.exit_price, tickSize)}{' '}
      <b data-tone={trade.pnl >= 0 ? 'up' : 'down'}>{formats.formatChange(trade.pnl_pct / 100)}</b>
      {!open && ` by ${trade.exit_reason.replaceAll('_', ' ')}`}
    </>
  );
}
