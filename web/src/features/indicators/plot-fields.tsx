import { NativeSelect } from '@mantine/core';
import {
  type ChartIndicator,
  colorOf,
  LINE_COLOR_NAMES,
  LINE_COLORS,
  type LineColor,
} from '@/lib/layouts/chart-layout';
import styles from './indicator-dialog.module.css';

export type Pane = ChartIndicator['pane'];

/** What a form needs to know of a plot. */
export interface PlotKind {
  readonly title: string;
  readonly type: string;
  readonly overlay: boolean;
  readonly event: boolean;
}

/** Where plots stand best: prices, conditions, events and the whole numbers beside prices at the candles, the rest in a pane. */
export function bestPane(plots: readonly PlotKind[]): Pane {
  const lines = plots.filter((plot) => !plot.event && plot.type !== 'bool');
  const prices = lines.some((plot) => plot.overlay);
  return lines.every((plot) => plot.overlay || (prices && plot.type === 'int')) ? 'overlay' : 'own';
}

/** Whether there is a choice of panes: conditions are always marked at the candles. */
export function hasPane(plots: readonly PlotKind[]): boolean {
  return plots.some((plot) => plot.type !== 'bool' && plot.type !== 'string');
}

export function PaneField({
  plots,
  pane,
  onChange,
}: {
  plots: readonly PlotKind[];
  pane: Pane;
  onChange: (pane: Pane) => void;
}) {
  if (!hasPane(plots)) return <p className={styles.about}>Marked at the candles where it holds.</p>;
  return (
    <NativeSelect
      label="Drawn"
      value={pane}
      data={[
        { value: 'overlay', label: 'Over the candles' },
        { value: 'own', label: 'In a pane of its own' },
      ]}
      onChange={(event) => onChange(event.currentTarget.value as Pane)}
    />
  );
}

/** A colour for each plot. */
export function ColorFields({
  plots,
  colors,
  onChange,
}: {
  plots: readonly PlotKind[];
  colors: readonly LineColor[];
  onChange: (colors: readonly LineColor[]) => void;
}) {
  const all = plots.map((_, index) => colorOf({ colors }, index));
  return plots.map((plot, index) => (
    <NativeSelect
      // biome-ignore lint/suspicious/noArrayIndexKey: two plots may have one title; their order is what they are
      key={index}
      label={plots.length > 1 ? `Colour of ${plot.title}` : 'Colour'}
      leftSection={<span className={styles.swatch} style={{ background: `var(--cw-line-${all[index]})` }} />}
      value={all[index] ?? '1'}
      data={LINE_COLORS.map((value) => ({ value, label: LINE_COLOR_NAMES[value] }))}
      onChange={(event) => {
        const chosen = event.currentTarget.value as LineColor;
        onChange(all.map((color, other) => (other === index ? chosen : color)));
      }}
    />
  ));
}
