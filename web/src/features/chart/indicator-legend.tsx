import { type ReactNode, useState } from 'react';
import { ChevronIcon, CrossIcon, EyeIcon, GearIcon, HiddenIcon } from '@/components/icons';
import { StateDot } from '@/components/state-dot';
import { useFormats } from '@/lib/formats';
import { textName } from '@/lib/language/text-name';
import type { Plot } from '@/lib/language/types';
import { type ChartIndicator, colorOf } from '@/lib/layouts/chart-layout';
import { priceDecimals } from '@/lib/numbers';
import type { UnixMs } from '@/lib/time';
import styles from './indicator-legend.module.css';
import { shapeOf } from './indicator-points';
import { valuesAt } from './indicator-values';
import type { LoadedIndicator } from './use-indicators';
import type { PaneTops } from './watch-panes';

/** What can be done to the indicators of a chart. */
export interface IndicatorActions {
  readonly change: (id: string, change: Partial<ChartIndicator>) => void;
  readonly remove: (id: string) => void;
  /** Null: what is on the chart is given, and can be hidden or taken away only. */
  readonly configure: ((id: string) => void) | null;
  /** Somebody has dragged the edges of panes. */
  readonly resize: (shares: Readonly<Record<string, number>>) => void;
}

interface LegendProps {
  readonly indicators: readonly LoadedIndicator[];
  /** Where own panes begin; one that is not there has its row among those over the candles. */
  readonly paneTops: PaneTops;
  /** The bar under the cursor; null: the newest. */
  readonly cursor: UnixMs | null;
  readonly tickSize: string;
  readonly actions: IndicatorActions;
}

/** The rows of what is drawn over the candles, which can be folded away; what is always there stands above them. */
export function OverlayIndicators({
  children,
  foldedAtFirst = false,
  ...props
}: LegendProps & { foldedAtFirst?: boolean; children?: ReactNode }) {
  const [folded, setFolded] = useState(foldedAtFirst);
  const rows = props.indicators.filter(({ indicator }) => props.paneTops[indicator.id] === undefined);
  return (
    <div className={styles.overlay}>
      {children}
      {!folded && rows.map((one) => <Row key={one.indicator.id} {...props} loaded={one} />)}
      {rows.length > 1 && (
        <button
          type="button"
          className={styles.fold}
          aria-expanded={!folded}
          data-folded={folded || undefined}
          onClick={() => setFolded(!folded)}
        >
          <ChevronIcon />
          {folded ? `${rows.length} indicators` : 'Fold'}
        </button>
      )}
    </div>
  );
}

/** A row at the top of each pane that an indicator has of its own. */
export function PaneIndicators(props: LegendProps) {
  return props.indicators.map((one) => {
    const top = props.paneTops[one.indicator.id];
    if (top === undefined) return null;
    return (
      <div key={one.indicator.id} className={styles.pane} style={{ top: top + 4 }}>
        <Row {...props} loaded={one} />
      </div>
    );
  });
}

function Row({
  loaded: { indicator, data },
  cursor,
  tickSize,
  actions,
}: LegendProps & { loaded: LoadedIndicator }) {
  const { id, text, visible } = indicator;
  const name = textName(text, data.values.plots);
  const { configure } = actions;
  return (
    <div className={styles.row} data-hidden={!visible || undefined} data-testid="indicator">
      {configure ? (
        <button type="button" className={styles.name} title={text} onClick={() => configure(id)}>
          {name}
        </button>
      ) : (
        <span className={styles.name} data-given title={text}>
          {name}
        </span>
      )}
      {data.problem ? (
        <span className={styles.problem} role="alert" title={data.problem.message}>
          <StateDot tone="bad" /> <span className={styles.words}>{data.problem.message}</span>
        </span>
      ) : data.phase === 'loading' ? (
        <span className={styles.quiet}>loading…</span>
      ) : (
        visible && <Values indicator={indicator} data={data} cursor={cursor} tickSize={tickSize} />
      )}
      {data.notLive && (
        <span className={styles.problem} role="status" title={data.notLive}>
          <StateDot tone="warn" /> <span className={styles.words}>not live: {data.notLive}</span>
        </span>
      )}
      <span className={styles.actions}>
        <button
          type="button"
          className={styles.action}
          aria-label={`${visible ? 'Hide' : 'Show'} ${name}`}
          title={visible ? 'Hide' : 'Show'}
          onClick={() => actions.change(id, { visible: !visible })}
        >
          {visible ? <EyeIcon /> : <HiddenIcon />}
        </button>
        {configure && (
          <button
            type="button"
            className={styles.action}
            aria-label={`Settings of ${name}`}
            title="Settings"
            onClick={() => configure(id)}
          >
            <GearIcon />
          </button>
        )}
        <button
          type="button"
          className={styles.action}
          aria-label={`Remove ${name}`}
          title="Remove"
          onClick={() => actions.remove(id)}
        >
          <CrossIcon />
        </button>
      </span>
    </div>
  );
}

function Values({
  indicator,
  data,
  cursor,
  tickSize,
}: LoadedIndicator & { cursor: UnixMs | null; tickSize: string }) {
  const formats = useFormats();
  const { plots } = data.values;
  const reading = valuesAt(data.values, cursor);
  const write = (plot: Plot, value: number | null): string => {
    if (plot.type === 'bool') return value ? 'yes' : 'no';
    if (value === null) return '–';
    return plot.overlay
      ? formats.formatOnScale(value, priceDecimals(tickSize, value))
      : formats.formatReading(value);
  };
  // Of several conditions those are named that hold.
  if (plots.length > 1 && plots.every((plot) => plot.type === 'bool')) {
    const held = plots.filter((_, index) => reading?.values[index]).map((plot) => plot.title);
    return (
      <span
        className={held.length > 0 ? styles.held : styles.quiet}
        data-provisional={reading?.provisional || undefined}
        style={held.length > 0 ? { color: `var(--cw-line-${colorOf(indicator, 0)})` } : undefined}
      >
        {held.length > 0 ? held.join(', ') : 'none'}
      </span>
    );
  }
  return (
    <span className={styles.values} data-provisional={reading?.provisional || undefined}>
      {plots.map((plot, index) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: two plots may have one title; their order is what they are
          key={index}
          title={plot.title}
          style={
            shapeOf(plot, indicator.pane) === 'histogram'
              ? undefined
              : { color: `var(--cw-line-${colorOf(indicator, index)})` }
          }
        >
          {plots.length > 1 && <span className={styles.hidden}>{plot.title} </span>}
          {write(plot, reading?.values[index] ?? null)}
        </span>
      ))}
    </span>
  );
}
