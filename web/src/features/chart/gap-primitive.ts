import type {
  IPrimitivePaneView,
  ISeriesPrimitive,
  SeriesAttachedParameter,
  Time,
  UTCTimestamp,
} from 'lightweight-charts';
import { addMs, formatSpan, type UnixMs } from '@/lib/time';
import type { Gap } from './candle-series';
import type { ChartColors } from './chart-colors';
import { chartTime } from './chart-points';

/** A bar that was folded over a hole: where to put its mark. */
export interface GappedMark {
  readonly time: UnixMs;
  readonly low: number;
}

interface Drawing {
  readonly gaps: readonly Gap[];
  readonly marks: readonly GappedMark[];
  readonly barMs: number;
  /** The forming bar's price, beside which the countdown stands. */
  readonly formingPrice: number | null;
  readonly colors: ChartColors;
}

/** A label needs so many pixels; a narrower band goes without. */
const LABEL_WIDTH = 74;
const HATCH_STEP = 7;
/** Of a label on the price axis, and where its text begins, at the chart's font size. */
const LABEL_HEIGHT = 17;
const LABEL_INDENT = 10;

/**
 * What the candle series itself cannot show: a hatched band with its length for each hole, a diamond under each bar that
 * was folded over one, and on the price axis the time until the forming bar closes.
 */
export class GapPrimitive implements ISeriesPrimitive<Time> {
  private attachedTo: SeriesAttachedParameter<Time, 'Candlestick'> | null = null;
  private drawing: Drawing | null = null;
  private countdown: string | null = null;

  attached(parameter: SeriesAttachedParameter<Time, 'Candlestick'>): void {
    this.attachedTo = parameter;
  }

  detached(): void {
    this.attachedTo = null;
  }

  draw(drawing: Drawing): void {
    this.drawing = drawing;
    this.attachedTo?.requestUpdate();
  }

  setCountdown(text: string | null): void {
    this.countdown = text;
    this.attachedTo?.requestUpdate();
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return [
      {
        zOrder: () => 'bottom',
        renderer: () => ({
          draw: (target) =>
            target.useMediaCoordinateSpace(({ context, mediaSize }) => {
              this.drawBands(context, mediaSize.width, mediaSize.height);
              this.drawMarks(context, mediaSize.width);
            }),
        }),
      },
    ];
  }

  /** As wide as the axis, so that no half of a number looks out beside it. */
  priceAxisPaneViews(): readonly IPrimitivePaneView[] {
    return [
      {
        zOrder: () => 'normal',
        renderer: () => ({
          draw: (target) =>
            target.useMediaCoordinateSpace(({ context, mediaSize }) =>
              this.drawCountdown(context, mediaSize.width),
            ),
        }),
      },
    ];
  }

  private drawCountdown(context: CanvasRenderingContext2D, width: number): void {
    const { drawing, countdown, attachedTo } = this;
    if (!drawing || !countdown || drawing.formingPrice === null) return;
    const price = attachedTo?.series.priceToCoordinate(drawing.formingPrice);
    if (price === null || price === undefined) return;
    // Right under the price's own label.
    const top = Math.round(price) + LABEL_HEIGHT / 2;
    context.save();
    context.fillStyle = drawing.colors.crosshairLabel;
    context.fillRect(0, top, width, LABEL_HEIGHT);
    context.font = '11px system-ui, sans-serif';
    context.textBaseline = 'middle';
    context.fillStyle = drawing.colors.labelText;
    context.fillText(countdown, LABEL_INDENT, top + LABEL_HEIGHT / 2 + 0.5);
    context.restore();
  }

  private x(time: UTCTimestamp): number | null {
    return this.attachedTo?.chart.timeScale().timeToCoordinate(time) ?? null;
  }

  private drawBands(context: CanvasRenderingContext2D, width: number, height: number): void {
    const { drawing } = this;
    if (!drawing) return;
    for (const gap of drawing.gaps) {
      const before = this.x(chartTime(addMs(gap.from, -drawing.barMs)));
      const after = this.x(chartTime(gap.to));
      if (before === null || after === null || after < 0 || before > width) continue;
      const slots = (gap.to - gap.from) / drawing.barMs + 1;
      const edge = Math.min(6, (after - before) / slots / 2);
      const left = Math.max(before + edge, -HATCH_STEP);
      const right = Math.min(after - edge, width + HATCH_STEP);
      if (right - left < 1) continue;
      this.hatch(context, left, right, height);
      if (right - left >= LABEL_WIDTH) this.label(context, gap, (left + right) / 2);
    }
  }

  private hatch(context: CanvasRenderingContext2D, left: number, right: number, height: number): void {
    const color = this.drawing?.colors.gap ?? 'transparent';
    context.save();
    context.beginPath();
    context.rect(left, 0, right - left, height);
    context.clip();
    context.strokeStyle = color;
    context.lineWidth = 1;
    context.beginPath();
    for (let x = left - height; x < right; x += HATCH_STEP) {
      context.moveTo(x, height);
      context.lineTo(x + height, 0);
    }
    context.stroke();
    context.restore();
  }

  private label(context: CanvasRenderingContext2D, gap: Gap, middle: number): void {
    context.save();
    context.font = '11px system-ui, sans-serif';
    context.textAlign = 'center';
    context.textBaseline = 'bottom';
    context.fillStyle = this.drawing?.colors.gapText ?? 'transparent';
    // Above the volume, out of the way of the legend at the top.
    context.fillText(`no data ${formatSpan(gap.to - gap.from)}`, middle, context.canvas.clientHeight * 0.76);
    context.restore();
  }

  private drawMarks(context: CanvasRenderingContext2D, width: number): void {
    const { drawing, attachedTo } = this;
    if (!drawing || !attachedTo) return;
    context.save();
    context.fillStyle = drawing.colors.mark;
    for (const mark of drawing.marks) {
      const x = this.x(chartTime(mark.time));
      const y = attachedTo.series.priceToCoordinate(mark.low);
      if (x === null || y === null || x < 0 || x > width) continue;
      context.beginPath();
      context.moveTo(x, y + 5);
      context.lineTo(x + 3, y + 8);
      context.lineTo(x, y + 11);
      context.lineTo(x - 3, y + 8);
      context.fill();
    }
    context.restore();
  }
}
