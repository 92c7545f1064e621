import { lazy, useMemo } from 'react';
import { CurveChart } from '@/features/chart/curve-chart';
import { TradeChart } from '@/features/chart/trade-chart';
import { type CurveChartProps, LabChartsProvider, type TradeChartProps } from '@/lib/lab/lab-charts';
import type { LabPlace } from '@/lib/lab/lab-place';

const LabPages = lazy(async () => ({ default: (await import('@/features/lab/lab-pages')).LabPages }));
const StrategiesPage = lazy(async () => ({
  default: (await import('@/features/strategies/strategies-page')).StrategiesPage,
}));
const StrategyPage = lazy(async () => ({
  default: (await import('@/features/strategies/strategy-page')).StrategyPage,
}));

/** The lab with the charts that another feature draws. */
export function Lab({ place, scheme }: { place: LabPlace; scheme: 'dark' | 'light' }) {
  const charts = useMemo(
    () => ({
      TradeChart: (props: TradeChartProps) => <TradeChart {...props} scheme={scheme} />,
      CurveChart: (props: CurveChartProps) => <CurveChart {...props} scheme={scheme} />,
    }),
    [scheme],
  );
  return (
    <LabChartsProvider value={charts}>
      <Room place={place} />
    </LabChartsProvider>
  );
}

function Room({ place }: { place: LabPlace }) {
  switch (place.kind) {
    case 'strategies':
      return <StrategiesPage />;
    case 'strategy':
      return <StrategyPage key={`${place.name} ${place.copyOf}`} name={place.name} copyOf={place.copyOf} />;
    default:
      return <LabPages place={place} />;
  }
}
