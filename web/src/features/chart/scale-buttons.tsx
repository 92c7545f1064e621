import styles from './scale-buttons.module.css';

/** How the price axis is scaled, and what changes it. */
export interface PriceScale {
  readonly autoScale: boolean;
  readonly logarithmic: boolean;
  readonly toggleAuto: () => void;
  readonly toggleLogarithmic: () => void;
}

/** In the corner under the price axis. */
export function ScaleButtons({ scale }: { scale: PriceScale }) {
  return (
    <div className={styles.scale}>
      <button
        type="button"
        className={styles.choice}
        aria-pressed={scale.autoScale}
        aria-label="Auto scale"
        title={
          scale.autoScale
            ? 'Auto scale: the price axis fits the bars in view (A)'
            : 'Fit the price axis to the bars in view (A)'
        }
        onClick={scale.toggleAuto}
      >
        A
      </button>
      <button
        type="button"
        className={styles.choice}
        aria-pressed={scale.logarithmic}
        aria-label="Logarithmic scale"
        title={
          scale.logarithmic
            ? 'Logarithmic scale: back to linear (L)'
            : 'Logarithmic scale: equal percentages, equal heights (L)'
        }
        onClick={scale.toggleLogarithmic}
      >
        L
      </button>
    </div>
  );
}
