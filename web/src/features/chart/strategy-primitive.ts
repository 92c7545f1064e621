import type { IPrimitivePaneView, ISeriesPrimitive, SeriesAttachedParameter, Time } from 'lightweight-charts';
import type { StrategyEvent } from '@/lib/signals/schemas';
import type { ChartColors } from './chart-colors';
import { chartTime } from './chart-points';
import { drawEntry, drawExit } from './trade-signs';

/** Bars that stand closer leave no room for words. */
const WORDS_FROM = 4;

/** An entry or an exit of a strategy that runs on the desk, with what its run is called. */
export interface StrategyMark {
  readonly event: StrategyEvent;
  readonly name: string;
}

const NAME_MAX = 18;

function short(name: string): string {
  return name.length > NAME_MAX ? `${name.slice(0, NAME_MAX - 1).trimEnd()}…` : name;
}

/** What the strategies on the desk did: the signs of a trade, with the name of the run. */
export class StrategyPrimitive implements ISeriesPrimitive<Time> {
  private attachedTo: SeriesAttachedParameter<Time, 'Candlestick'> | null = null;
  private marks: readonly StrategyMark[] = [];
  private colors: ChartColors | null = null;

  attached(parameter: SeriesAttachedParameter<Time, 'Candlestick'>): void {
    this.attachedTo = parameter;
  }

  detached(): void {
    this.attachedTo = null;
  }

  draw(marks: readonly StrategyMark[], colors: ChartColors): void {
    this.marks = marks;
    this.colors = colors;
    this.attachedTo?.requestUpdate();
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return [
      {
        zOrder: () => 'top',
        renderer: () => ({
          draw: (target) => target.useMediaCoordinateSpace(({ context }) => this.drawAll(context)),
        }),
      },
    ];
  }

  private drawAll(context: CanvasRenderingContext2D): void {
    const { colors, attachedTo } = this;
    if (!colors || !attachedTo) return;
    const words = attachedTo.chart.timeScale().options().barSpacing >= WORDS_FROM;
    context.save();
    context.font = '600 11px system-ui, sans-serif';
    context.textAlign = 'center';
    for (const { event, name } of this.marks) {
      const x = attachedTo.chart.timeScale().timeToCoordinate(chartTime(event.bar_time));
      const y = attachedTo.series.priceToCoordinate(event.price);
      if (x === null || y === null) continue;
      const long = event.side === 'long';
      const entry = event.event === 'entry';
      if (entry) drawEntry(context, { x, y }, long, 9, colors);
      else drawExit(context, { x, y }, 5, colors.mark, colors.background);
      if (!words) continue;
      // Under a long's triangle and over a short's; an exit's words stand on the other side.
      const below = long === entry;
      const text = entry ? short(name) : `${short(name)}: out`;
      const line = below ? y + 28 : y - 14;
      // Letters over candles are read by the rim of the background around them.
      context.strokeStyle = colors.background;
      context.lineWidth = 4;
      context.strokeText(text, x, line);
      context.fillStyle = colors.mark;
      context.fillText(text, x, line);
    }
    context.restore();
  }
}
