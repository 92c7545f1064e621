import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { MessagePanel } from '@/components/message-panel';
import { Section } from '@/components/page-frame';
import { fetchCandles } from '@/lib/api/client';
import { useFormats } from '@/lib/formats';
import type { Curve } from '@/lib/lab/lab-charts';
import type { Run } from '@/lib/lab/run-schemas';
import { addMs } from '@/lib/time';
import { durationMs } from '@/lib/timeframe';
import { CurveSection } from '../curve-section';
import { moneyText, shareText } from './figure-words';
import { coarseTimeframe, curvesOf } from './growth';

/** What the market itself did over a run, in bars of one request; a chart can do without. */
function useMarket({ venue, symbol, timeframe, from, to }: Run) {
  return useQuery({
    queryKey: ['lab', 'market', venue, symbol, timeframe, from, to],
    queryFn: async ({ signal }) => {
      if (from === null || to === null) return [];
      const coarse = coarseTimeframe(from, to, timeframe);
      const range = { symbol: `${venue}:${symbol}`, timeframe: coarse, from, to, limit: 5000 };
      const { candles } = await fetchCandles(range, signal);
      // A close is known when its bar is over; in the chart a run's bar stands at its open.
      const late = durationMs(coarse) - durationMs(timeframe);
      return candles.map(({ time, open, close }) => ({ time: addMs(time, late), open, close }));
    },
    staleTime: Number.POSITIVE_INFINITY,
    retry: 1,
  });
}

/** What became of the capital, beside what the market did, and how deep it was under its peak. */
export function EquitySection({ run, quote }: { run: Run; quote: string }) {
  const formats = useFormats();
  const market = useMarket(run);
  const { equity: points, initial_capital: capital = 0 } = run;
  const curves = useMemo<readonly Curve[]>(() => {
    const closes = market.data ?? [];
    const { equity, drawdown, held } = curvesOf(points ?? [], closes, capital, closes[0]?.open ?? null);
    return [
      { name: 'Equity', color: '1', points: equity },
      ...(held.length > 1
        ? [{ name: 'Buy and hold', color: 'dim', points: held, dashed: true } satisfies Curve]
        : []),
      { name: 'Drawdown', color: 'down', points: drawdown, area: true, pane: 1 },
    ];
  }, [points, market.data, capital]);
  const writers = useMemo(
    () =>
      [(value: number) => moneyText(formats, value), (value: number) => shareText(formats, value)] as const,
    [formats],
  );
  if (!points || points.length < 2) {
    return (
      <Section title="Equity">
        <MessagePanel title="No curve">The run has too few bars for one.</MessagePanel>
      </Section>
    );
  }
  return (
    <CurveSection
      title={`Equity${quote && `, ${quote}`}`}
      curves={curves}
      formats={writers}
      label="Equity, buy and hold, and drawdown over time"
    />
  );
}
