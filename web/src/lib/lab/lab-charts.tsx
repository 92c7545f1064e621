import { type ComponentType, createContext, useContext } from 'react';
import type { Trade } from '@/lib/lab/strategy-schemas';
import type { LineColor } from '@/lib/layouts/chart-layout';
import type { UnixMs } from '@/lib/time';
import type { Timeframe } from '@/lib/timeframe';

/* The charts of the lab, which another part of the dashboard draws: features know nothing of each other. */

/** The candles of a run with its trades. */
export interface TradeChartProps {
  /** As the API names it: `binance:BTCUSDT`. */
  readonly symbol: string;
  readonly tickSize: string;
  readonly timeframe: Timeframe;
  /** What the run went over; null: up to the newest bar. */
  readonly from: UnixMs | null;
  readonly to: UnixMs | null;
  readonly trades: readonly Trade[];
  /** The one that is shown; the chart goes there. */
  readonly selected: number | null;
  readonly onSelect: (id: number | null) => void;
  /** What a screen reader calls it. */
  readonly label: string;
}

export type CurveColor = LineColor | 'up' | 'down' | 'accent' | 'dim';

/** One line of a chart of curves. */
export interface Curve {
  readonly name: string;
  readonly color: CurveColor;
  readonly points: readonly { readonly time: UnixMs; readonly value: number }[];
  /** Filled down to zero. */
  readonly area?: boolean;
  readonly dashed?: boolean;
  /** 0 is the upper pane, 1 the lower one. */
  readonly pane?: 0 | 1;
}

export interface CurveChartProps {
  readonly curves: readonly Curve[];
  /** How values are written, in the upper pane and in the lower. */
  readonly formats: readonly [(value: number) => string, ((value: number) => string)?];
  readonly logarithmic?: boolean;
  readonly label: string;
}

export interface LabCharts {
  readonly TradeChart: ComponentType<TradeChartProps>;
  readonly CurveChart: ComponentType<CurveChartProps>;
}

const None = () => null;
const LabChartsContext = createContext<LabCharts>({ TradeChart: None, CurveChart: None });

export const LabChartsProvider = LabChartsContext.Provider;

export function useLabCharts(): LabCharts {
  return useContext(LabChartsContext);
}
