import type { IPrimitivePaneView, ISeriesPrimitive, SeriesAttachedParameter, Time } from 'lightweight-charts';
import { type Direction, sideOf } from '@/lib/signals/direction';
import type { UnixMs } from '@/lib/time';
import type { ChartColors } from './chart-colors';
import { chartTime } from './chart-points';
import { hasRoom, type MarkSize, markSize, type SignalMark } from './signal-marks';

/** Between a bar and its mark: a pattern's arrow has room there. */
const DISTANCE = 20;
/** Off the edges of the pane. */
const MARGIN = 3;

/** Where a mark is, in pixels of the pane: its middle, and on which side of the bar. */
export interface MarkPlace {
  readonly x: number;
  readonly y: number;
  readonly below: boolean;
}

/**
 * The changes of direction of the signals, told apart by shape: a triangle in a frame, two of them in a full frame where
 * the signal is strong, a ring where it went back to neutral. Each hangs on a line from its bar.
 */
export class SignalPrimitive implements ISeriesPrimitive<Time> {
  private attachedTo: SeriesAttachedParameter<Time, 'Candlestick'> | null = null;
  private marks: readonly SignalMark[] = [];
  private colors: ChartColors | null = null;

  attached(parameter: SeriesAttachedParameter<Time, 'Candlestick'>): void {
    this.attachedTo = parameter;
  }

  detached(): void {
    this.attachedTo = null;
  }

  draw(marks: readonly SignalMark[], colors: ChartColors): void {
    this.marks = marks;
    this.colors = colors;
    this.attachedTo?.requestUpdate();
  }

  /** Where the mark of a bar is; null where it has none, or is out of view. */
  placeOf(time: UnixMs): MarkPlace | null {
    const mark = this.marks.find((one) => one.time === time);
    const { attachedTo } = this;
    if (!mark || !attachedTo) return null;
    const scale = attachedTo.chart.timeScale();
    const place = this.place(mark, markSize(scale.options().barSpacing), this.paneHeight());
    return place && place.x >= 0 && place.x <= scale.width() ? place : null;
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return [
      {
        zOrder: () => 'normal',
        renderer: () => ({
          draw: (target) =>
            target.useMediaCoordinateSpace(({ context, mediaSize }) =>
              this.drawAll(context, mediaSize.width, mediaSize.height),
            ),
        }),
      },
    ];
  }

  private paneHeight(): number {
    return this.attachedTo?.chart.panes()[0]?.getHeight() ?? 0;
  }

  private place(mark: SignalMark, { side }: MarkSize, height: number): MarkPlace | null {
    const x = this.attachedTo?.chart.timeScale().timeToCoordinate(chartTime(mark.time)) ?? null;
    const edge = this.attachedTo?.series.priceToCoordinate(mark.price) ?? null;
    if (x === null || edge === null) return null;
    const half = side / 2;
    const wanted = mark.below ? edge + DISTANCE + half : edge - DISTANCE - half;
    const y = Math.min(height - half - MARGIN, Math.max(half + MARGIN, wanted));
    return { x, y, below: mark.below };
  }

  private drawAll(context: CanvasRenderingContext2D, width: number, height: number): void {
    const { colors, attachedTo } = this;
    if (!colors || !attachedTo) return;
    const size = markSize(attachedTo.chart.timeScale().options().barSpacing);
    context.save();
    for (const mark of this.marks) {
      const place = hasRoom(mark.direction, size) ? this.place(mark, size, height) : null;
      if (!place || place.x < -size.side || place.x > width + size.side) continue;
      const side = sideOf(mark.direction);
      const color = side > 0 ? colors.up : side < 0 ? colors.down : colors.text;
      this.drawLine(context, mark, place, size, color);
      if (side === 0) drawRing(context, place, size, color, colors.background);
      else drawSign(context, place, size, mark.direction, color, colors.background);
    }
    context.restore();
  }

  private drawLine(
    context: CanvasRenderingContext2D,
    mark: SignalMark,
    { x, y, below }: MarkPlace,
    { side }: MarkSize,
    color: string,
  ): void {
    const edge = this.attachedTo?.series.priceToCoordinate(mark.price) ?? y;
    const sign = below ? 1 : -1;
    context.strokeStyle = color;
    context.lineWidth = 1;
    context.setLineDash([1, 2]);
    context.beginPath();
    context.moveTo(Math.round(x) + 0.5, edge + 3 * sign);
    context.lineTo(Math.round(x) + 0.5, y - (side / 2) * sign);
    context.stroke();
    context.setLineDash([]);
  }
}

function drawRing(
  context: CanvasRenderingContext2D,
  { x, y }: MarkPlace,
  { side }: MarkSize,
  color: string,
  background: string,
): void {
  context.beginPath();
  context.arc(x, y, side / 3.4, 0, 2 * Math.PI);
  context.fillStyle = background;
  context.fill();
  context.strokeStyle = color;
  context.lineWidth = 1.5;
  context.stroke();
}

function drawSign(
  context: CanvasRenderingContext2D,
  { x, y }: MarkPlace,
  { side, framed }: MarkSize,
  direction: Direction,
  color: string,
  background: string,
): void {
  const strong = direction === 'strong_buy' || direction === 'strong_sell';
  const up = sideOf(direction) > 0;
  if (framed) {
    context.beginPath();
    context.roundRect(x - side / 2, y - side / 2, side, side, 3);
    context.fillStyle = strong ? color : background;
    context.fill();
    context.strokeStyle = color;
    context.lineWidth = 1.5;
    context.stroke();
  }
  context.fillStyle = framed && strong ? background : color;
  const width = framed ? side * 0.56 : side;
  const height = strong ? side * 0.3 : side * 0.46;
  for (const offset of strong ? [-height / 2 - 0.5, height / 2 + 0.5] : [0])
    triangle(context, x, y + offset, width, height, up);
}

function triangle(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
  up: boolean,
): void {
  const tip = up ? y - height / 2 : y + height / 2;
  const base = up ? y + height / 2 : y - height / 2;
  context.beginPath();
  context.moveTo(x, tip);
  context.lineTo(x + width / 2, base);
  context.lineTo(x - width / 2, base);
  context.fill();
}
