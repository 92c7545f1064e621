import { z } from 'zod';
import type { Inputs } from '@/lib/language/language-client';

/*
 * What a chart holds besides its candles, as it is saved by name. The server keeps the document as it is; it is read leniently,
 * so that an older or a newer dashboard's layouts open too.
 */

export const INDICATORS_MAX = 12;
export const LAYOUTS_MAX = 50;
export const LAYOUT_NAME_MAX = 60;

/** The theme's colours for lines, by their tokens: `--cw-line-1` is blue, dark or light as the desk is. */
export const LINE_COLORS = ['1', '2', '3', '4', '5', '6', '7', '8'] as const;
export type LineColor = (typeof LINE_COLORS)[number];
export const LINE_COLOR_NAMES: Record<LineColor, string> = {
  '1': 'Blue',
  '2': 'Orange',
  '3': 'Violet',
  '4': 'Green',
  '5': 'Pink',
  '6': 'Cyan',
  '7': 'Yellow',
  '8': 'Grey',
};

const indicatorSchema = z.object({
  id: z.string().min(1).max(40),
  text: z.string().min(1),
  inputs: z.record(z.string(), z.union([z.number(), z.boolean(), z.string()])).catch({}),
  pane: z.enum(['overlay', 'own']).catch('own'),
  colors: z.array(z.enum(LINE_COLORS)).catch([]),
  visible: z.boolean().catch(true),
});

/** One indicator or expression on the chart. */
export interface ChartIndicator {
  readonly id: string;
  /** In the language. */
  readonly text: string;
  readonly inputs: Inputs;
  /** Over the candles, or under them in a pane of its own. */
  readonly pane: 'overlay' | 'own';
  /** One a plot; the rest follow in the order of the theme. */
  readonly colors: readonly LineColor[];
  readonly visible: boolean;
  /** What a condition speaks for, where it is known: its marks then are arrows, below a bar that may rise, above one that may fall. */
  readonly speaksFor?: 'rise' | 'fall';
}

export interface ChartLayout {
  readonly indicators: readonly ChartIndicator[];
  /** How tall an indicator's own pane is, as a share of the candles' pane. */
  readonly panes: Readonly<Record<string, number>>;
}

export const EMPTY_LAYOUT: ChartLayout = { indicators: [], panes: {} };

/** What an own pane gets until somebody drags its edge. */
export const PANE_SHARE = 0.3;

const documentSchema = z.object({
  indicators: z.array(z.unknown()).catch([]),
  panes: z.record(z.string(), z.number().min(0.02).max(50)).catch({}),
  /** Whether the chart opens with it. */
  opens: z.boolean().catch(false),
});

/** Reads a document as far as it can be read: an indicator that cannot is left out. */
export function readDocument(document: unknown): { readonly layout: ChartLayout; readonly opens: boolean } {
  const parsed = documentSchema.safeParse(document);
  if (!parsed.success) return { layout: EMPTY_LAYOUT, opens: false };
  const { indicators, panes, opens } = parsed.data;
  const known = new Map<string, ChartIndicator>();
  for (const one of indicators) {
    const read = indicatorSchema.safeParse(one);
    if (read.success && known.size < INDICATORS_MAX) known.set(read.data.id, read.data);
  }
  return { layout: { indicators: [...known.values()], panes }, opens };
}

/** The opposite of `readDocument`. Panes of indicators that are gone are not kept. */
export function writeDocument({ indicators, panes }: ChartLayout, opens: boolean): object {
  const ids = new Set(indicators.map((one) => one.id));
  const kept = Object.entries(panes).filter(([id]) => ids.has(id));
  return { indicators, panes: Object.fromEntries(kept), ...(opens ? { opens } : {}) };
}

/** Whether two layouts look the same. */
export function sameLayout(first: ChartLayout, second: ChartLayout): boolean {
  return JSON.stringify(writeDocument(first, false)) === JSON.stringify(writeDocument(second, false));
}

/** What somebody wants to see on the chart. */
export interface NewIndicator extends Pick<ChartIndicator, 'text' | 'inputs' | 'pane'> {
  /** How many colours it takes. */
  readonly plots?: number;
}

/** Why a chart with so many indicators takes no more; null: it does. */
export function fullWords(indicators: number): string | null {
  if (indicators < INDICATORS_MAX) return null;
  return `The chart has ${INDICATORS_MAX} indicators, as many as it may. Remove one first.`;
}

/** An id that no indicator of the layout has. */
function freshId({ indicators }: ChartLayout): string {
  const taken = new Set(indicators.map((one) => one.id));
  let number = indicators.length + 1;
  while (taken.has(`i${number}`)) number += 1;
  return `i${number}`;
}

/** Colours that follow each other, those that are used least where it is drawn, then on the whole chart. */
function freshColors({ indicators }: ChartLayout, pane: ChartIndicator['pane'], plots: number): LineColor[] {
  const uses = (color: LineColor, where: readonly ChartIndicator[]) =>
    where.filter((one) => one.colors.includes(color)).length;
  // A pane of its own is empty yet.
  const beside = pane === 'overlay' ? indicators.filter((one) => one.pane === 'overlay') : [];
  const from = (first: LineColor) =>
    Array.from({ length: Math.max(1, plots) }, (_, plot) => colorOf({ colors: [first] }, plot));
  const cost = (colors: readonly LineColor[]) =>
    colors.reduce((sum, color) => sum + 100 * uses(color, beside) + uses(color, indicators), 0);
  return LINE_COLORS.map(from).reduce((best, colors) => (cost(colors) < cost(best) ? colors : best));
}

/** Adds an indicator at the end; a full layout stays as it is. */
export function withIndicator(layout: ChartLayout, { plots = 1, ...wanted }: NewIndicator): ChartLayout {
  if (layout.indicators.length >= INDICATORS_MAX) return layout;
  const colors = freshColors(layout, wanted.pane, plots);
  const added = { id: freshId(layout), ...wanted, colors, visible: true };
  return { ...layout, indicators: [...layout.indicators, added] };
}

export function withChange(layout: ChartLayout, id: string, change: Partial<ChartIndicator>): ChartLayout {
  return {
    ...layout,
    indicators: layout.indicators.map((one) => (one.id === id ? { ...one, ...change } : one)),
  };
}

export function withoutIndicator(layout: ChartLayout, id: string): ChartLayout {
  return { ...layout, indicators: layout.indicators.filter((one) => one.id !== id) };
}

/** The colour of an indicator's plot: the chosen one, else those that follow its first. */
export function colorOf({ colors }: Pick<ChartIndicator, 'colors'>, plot: number): LineColor {
  const chosen = colors[plot];
  if (chosen) return chosen;
  const first = LINE_COLORS.indexOf(colors[0] ?? '1');
  return LINE_COLORS[(first + plot) % LINE_COLORS.length] ?? '1';
}

/** A name that a new layout may have; else what is wrong with it. */
export function layoutNameFault(name: string, taken: readonly string[]): string | undefined {
  const trimmed = name.trim();
  if (trimmed === '') return 'Give the layout a name.';
  const length = [...trimmed].length;
  if (length > LAYOUT_NAME_MAX) return `Use at most ${LAYOUT_NAME_MAX} characters: this has ${length}.`;
  if (taken.includes(trimmed)) return `There is a layout “${trimmed}” already.`;
  return undefined;
}
