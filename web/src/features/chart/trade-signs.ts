import type { ChartColors } from './chart-colors';

/** A place of the pane, in pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where a trade begins: a triangle, up for long and down for short. Its tip is at the price. */
export function drawEntry(
  context: CanvasRenderingContext2D,
  { x, y }: Point,
  long: boolean,
  side: number,
  colors: ChartColors,
): void {
  const sign = long ? 1 : -1;
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x - side * 0.75, y + sign * side * 1.4);
  context.lineTo(x + side * 0.75, y + sign * side * 1.4);
  context.closePath();
  context.fillStyle = long ? colors.up : colors.down;
  context.fill();
  context.strokeStyle = colors.background;
  context.lineWidth = 1;
  context.stroke();
}

/** Where it ends: a cross. */
export function drawExit(
  context: CanvasRenderingContext2D,
  { x, y }: Point,
  half: number,
  color: string,
  background: string,
): void {
  for (const [stroke, width] of [
    [background, 4],
    [color, 2],
  ] as const) {
    context.strokeStyle = stroke;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(x - half, y - half);
    context.lineTo(x + half, y + half);
    context.moveTo(x + half, y - half);
    context.lineTo(x - half, y + half);
    context.stroke();
  }
}
