import { useMemo } from 'react';
import { MessagePanel } from '@/components/message-panel';
import { Section } from '@/components/page-frame';
import { useFormats } from '@/lib/formats';
import type { Curve } from '@/lib/lab/lab-charts';
import type { Run } from '@/lib/lab/run-schemas';
import { CurveSection } from '../curve-section';
import { moneyText, shareText } from './figure-words';
import { curvesOf, endingAt } from './growth';
import { useMarket } from './use-market';

/** What became of the capital, beside what the market did, and how deep it was under its peak. */
export function EquitySection({ run, quote }: { run: Run; quote: string }) {
  const formats = useFormats();
  const market = useMarket(run);
  const { equity: points, initial_capital: capital = 0 } = run;
  const total = run.metrics?.buy_and_hold_return?.value;
  const curves = useMemo<readonly Curve[]>(() => {
    const end = points?.at(-1)?.time;
    const known = market.data ?? [];
    const whole = end === undefined ? known : endingAt(known, end, total);
    const { equity, drawdown, held } = curvesOf(points ?? [], whole, capital);
    return [
      { name: 'Equity', color: '1', points: equity },
      ...(held.length > 1
        ? [{ name: 'Buy and hold', color: 'dim', points: held, dashed: true } satisfies Curve]
        : []),
      { name: 'Drawdown', color: 'down', points: drawdown, area: true, pane: 1 },
    ];
  }, [points, market.data, capital, total]);
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
