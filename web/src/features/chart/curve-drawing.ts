import {
  AreaSeries,
  CrosshairMode,
  createChartEx,
  type IChartApiBase,
  type ISeriesApi,
  LineSeries,
  LineStyle,
  PriceScaleMode,
  type Time,
} from 'lightweight-charts';
import type { Curve, CurveColor } from '@/lib/lab/lab-charts';
import type { Zone } from '@/lib/zone';
import type { ChartColors } from './chart-colors';
import { AXIS_FONT, styleSurface } from './chart-drawing';
import { chartTime } from './chart-points';
import { ZoneScale } from './zone-scale';

/** How much of the upper pane the lower one is tall. */
const LOWER_SHARE = 0.4;

export interface CurvePlot {
  readonly chart: IChartApiBase<Time>;
  readonly lines: Map<string, ISeriesApi<'Line'> | ISeriesApi<'Area'>>;
}

export function makeCurves(container: HTMLElement, zoneNow: () => Zone): CurvePlot {
  const chart = createChartEx<Time, ZoneScale>(container, new ZoneScale(zoneNow), {
    autoSize: true,
    layout: { attributionLogo: false, ...AXIS_FONT },
    crosshair: { mode: CrosshairMode.Magnet },
    rightPriceScale: { borderVisible: false, minimumWidth: 58, scaleMargins: { top: 0.1, bottom: 0.08 } },
    timeScale: { timeVisible: true, secondsVisible: false, rightOffset: 0, minBarSpacing: 0.05 },
    localization: { locale: 'en-GB' },
    // The wheel, and a finger that moves up or down, are the page's.
    handleScroll: { mouseWheel: false, vertTouchDrag: false },
    handleScale: { mouseWheel: false },
  });
  return { chart, lines: new Map() };
}

function colorIn(colors: ChartColors, color: CurveColor): string {
  switch (color) {
    case 'up':
      return colors.up;
    case 'down':
      return colors.down;
    case 'accent':
      return colors.mark;
    case 'dim':
      return colors.text;
    default:
      return colors.lines[color];
  }
}

/** Draws the curves anew: they come seldom. `formats` writes the values of the upper and the lower pane. */
export function drawCurves(
  { chart, lines }: CurvePlot,
  curves: readonly Curve[],
  colors: ChartColors,
  formats: readonly ((value: number) => string)[],
  logarithmic: boolean,
): void {
  styleSurface(chart, colors);
  for (const line of lines.values()) chart.removeSeries(line);
  lines.clear();
  for (const curve of curves) {
    const pane = curve.pane ?? 0;
    const color = colorIn(colors, curve.color);
    const formatter = formats[pane] ?? formats[0] ?? String;
    const shared = {
      priceLineVisible: false,
      lastValueVisible: false,
      crosshairMarkerRadius: 3,
      priceFormat: { type: 'custom' as const, formatter, minMove: 1e-8 },
    };
    const line = curve.area
      ? chart.addSeries(
          AreaSeries,
          { ...shared, lineColor: color, topColor: `${color}40`, bottomColor: `${color}10`, lineWidth: 1 },
          pane,
        )
      : chart.addSeries(
          LineSeries,
          { ...shared, color, lineWidth: 2, lineStyle: curve.dashed ? LineStyle.Dashed : LineStyle.Solid },
          pane,
        );
    line.setData(curve.points.map(({ time, value }) => ({ time: chartTime(time), value })));
    if (pane === 0)
      line
        .priceScale()
        .applyOptions({ mode: logarithmic ? PriceScaleMode.Logarithmic : PriceScaleMode.Normal });
    lines.set(curve.name, line);
  }
  const [upper, lower] = chart.panes();
  upper?.setStretchFactor(1);
  lower?.setStretchFactor(LOWER_SHARE);
  chart.timeScale().fitContent();
}
