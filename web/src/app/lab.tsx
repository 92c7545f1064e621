import { lazy, useMemo } from 'react';
import { CurveChart } from '@/features/chart/curve-chart';
import { TradeChart } from '@/features/chart/trade-chart';
import { type CurveChartProps, LabChartsProvider, type TradeChartProps } from '@/lib/lab/lab-charts';
import type { LabPlace } from '@/lib/lab/lab-place';

const LabPages = lazy(async () => ({ default: (await import('@/features/lab/lab-pages')).LabPages }));

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
      {place.kind !== 'strategies' && place.kind !== 'strategy' && <LabPages place={place} />}
    </LabChartsProvider>
  );
}
