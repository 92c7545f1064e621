import { LINE_COLORS, type LineColor } from '@/lib/layouts/chart-layout';

/** The chart draws on a canvas, so it needs the theme's colours as values. They are those of src/app/theme.css. */
export interface ChartColors {
  readonly background: string;
  readonly text: string;
  readonly grid: string;
  readonly border: string;
  readonly crosshair: string;
  readonly crosshairLabel: string;
  readonly labelText: string;
  readonly up: string;
  readonly down: string;
  readonly upSoft: string;
  readonly downSoft: string;
  readonly upVolume: string;
  readonly downVolume: string;
  readonly gap: string;
  readonly gapText: string;
  readonly mark: string;
  /** Of indicators. */
  readonly lines: Readonly<Record<LineColor, string>>;
}

const NAMES: Record<Exclude<keyof ChartColors, 'lines'>, string> = {
  background: '--cw-panel',
  text: '--cw-text-dim',
  grid: '--cw-chart-grid',
  border: '--cw-line',
  crosshair: '--cw-text-faint',
  crosshairLabel: '--cw-raised-strong',
  labelText: '--cw-label-text',
  up: '--cw-up',
  down: '--cw-down',
  upSoft: '--cw-up-soft',
  downSoft: '--cw-down-soft',
  upVolume: '--cw-up-volume',
  downVolume: '--cw-down-volume',
  gap: '--cw-gap',
  gapText: '--cw-text-dim',
  mark: '--cw-accent',
};

export function readChartColors(element: Element): ChartColors {
  const style = getComputedStyle(element);
  const read = (variable: string) => style.getPropertyValue(variable).trim();
  const entries = Object.entries(NAMES).map(([name, variable]) => [name, read(variable)]);
  const lines = LINE_COLORS.map((color) => [color, read(`--cw-line-${color}`)]);
  return { ...Object.fromEntries(entries), lines: Object.fromEntries(lines) } as ChartColors;
}
