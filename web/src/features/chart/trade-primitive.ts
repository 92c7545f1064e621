import type { IPrimitivePaneView, ISeriesPrimitive, SeriesAttachedParameter, Time } from 'lightweight-charts';
import type { UnixMs } from '@/lib/time';
import type { ChartColors } from './chart-colors';
import { chartTime } from './chart-points';
import type { TradeMark } from './trade-marks';
import { drawEntry, drawExit, type Point } from './trade-signs';

/** How far a pointer may be off. */
const REACH = 14;
/** Bars that stand closer leave room for the lines alone. */
const SIGNS_FROM = 2.5;

/**
 * Trades on the candles: a triangle where one begins, up for long and down for short, a cross where it ends, and a line between.
 * The one that is chosen is drawn bold.
 */
export class TradePrimitive implements ISeriesPrimitive<Time> {
  private attachedTo: SeriesAttachedParameter<Time, 'Candlestick'> | null = null;
  private marks: readonly TradeMark[] = [];
  private chosen: number | null = null;
  private colors: ChartColors | null = null;

  attached(parameter: SeriesAttachedParameter<Time, 'Candlestick'>): void {
    this.attachedTo = parameter;
  }

  detached(): void {
    this.attachedTo = null;
  }

  draw(marks: readonly TradeMark[], chosen: number | null, colors: ChartColors): void {
    this.marks = marks;
    this.chosen = chosen;
    this.colors = colors;
    this.attachedTo?.requestUpdate();
  }

  /** The trade whose begin or end is nearest to a place of the pane; null: none is near. */
  at(x: number, y: number): number | null {
    let best: number | null = null;
    let reach = REACH;
    for (const mark of this.marks) {
      for (const point of [this.begin(mark), this.end(mark)]) {
        const off = point ? Math.hypot(point.x - x, point.y - y) : Number.POSITIVE_INFINITY;
        if (off < reach) {
          reach = off;
          best = mark.trade.id;
        }
      }
    }
    return best;
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return [
      {
        zOrder: () => 'top',
        renderer: () => ({
          draw: (target) =>
            target.useMediaCoordinateSpace(({ context, mediaSize }) =>
              this.drawAll(context, mediaSize.width),
            ),
        }),
      },
    ];
  }

  private place(time: UnixMs | null, price: number): Point | null {
    if (time === null || !this.attachedTo) return null;
    const x = this.attachedTo.chart.timeScale().timeToCoordinate(chartTime(time));
    const y = this.attachedTo.series.priceToCoordinate(price);
    return x === null || y === null ? null : { x, y };
  }

  private begin({ trade, entry }: TradeMark): Point | null {
    return this.place(entry, trade.entry_price);
  }

  private end({ trade, exit }: TradeMark): Point | null {
    return this.place(exit, trade.exit_price);
  }

  private drawAll(context: CanvasRenderingContext2D, width: number): void {
    const { colors, attachedTo } = this;
    if (!colors || !attachedTo) return;
    const signs = attachedTo.chart.timeScale().options().barSpacing >= SIGNS_FROM;
    context.save();
    // The chosen one last, over the others.
    const others = this.marks.filter((mark) => mark.trade.id !== this.chosen);
    const chosen = this.marks.filter((mark) => mark.trade.id === this.chosen);
    for (const mark of [...others, ...chosen]) {
      const [begin, end] = [this.begin(mark), this.end(mark)];
      const left = begin?.x ?? Number.NEGATIVE_INFINITY;
      const right = end?.x ?? Number.POSITIVE_INFINITY;
      if (right < 0 || left > width) continue;
      this.drawOne(context, mark, begin, end, colors, signs);
    }
    context.restore();
  }

  private drawOne(
    context: CanvasRenderingContext2D,
    { trade }: TradeMark,
    begin: Point | null,
    end: Point | null,
    colors: ChartColors,
    signs: boolean,
  ): void {
    const bold = trade.id === this.chosen;
    const result = trade.pnl >= 0 ? colors.up : colors.down;
    if (begin && end) {
      context.strokeStyle = result;
      context.lineWidth = bold ? 2.5 : 1.2;
      context.setLineDash(bold ? [] : [3, 3]);
      context.beginPath();
      context.moveTo(begin.x, begin.y);
      context.lineTo(end.x, end.y);
      context.stroke();
      context.setLineDash([]);
    }
    if (!signs && !bold) return;
    const side = bold ? 9 : 6;
    if (begin) drawEntry(context, begin, trade.side === 'long', side, colors);
    if (end) drawExit(context, end, bold ? 5 : 3.5, result, colors.background);
  }
}
