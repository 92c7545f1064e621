import { IndicatorIcon } from '@/components/icons';
import { fullWords } from '@/lib/layouts/chart-layout';
import type { ChartLayoutState } from '@/lib/layouts/use-chart-layout';
import styles from './chart-tools.module.css';
import { LayoutMenu } from './layout-menu';

/** Beside the timeframes: what else can be on the chart. */
export function ChartTools({ state, onIndicators }: { state: ChartLayoutState; onIndicators: () => void }) {
  const full = fullWords(state.layout.indicators.length);
  return (
    <div className={styles.tools}>
      <button
        type="button"
        className={styles.button}
        aria-label="Indicators"
        aria-haspopup="dialog"
        aria-keyshortcuts="i"
        title={full ?? 'Indicators (I)'}
        onClick={onIndicators}
      >
        <IndicatorIcon />
        <span className={styles.name}>Indicators</span>
      </button>
      <LayoutMenu state={state} />
    </div>
  );
}
