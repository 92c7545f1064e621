import { HORIZONS, type Horizon } from '@/lib/signals/direction';
import { horizonWords } from '@/lib/signals/words';
import styles from './signals.module.css';

/** How long a signal is given to come true. */
export function HorizonChoice({
  value,
  label = 'Horizon',
  onChange,
}: {
  value: Horizon;
  label?: string;
  onChange: (horizon: Horizon) => void;
}) {
  return (
    <fieldset className={styles.choice}>
      <legend>{label}</legend>
      {HORIZONS.map((horizon) => (
        <button
          key={horizon}
          type="button"
          aria-pressed={horizon === value}
          title={horizonWords(horizon)}
          onClick={() => onChange(horizon)}
        >
          {horizon}
        </button>
      ))}
    </fieldset>
  );
}
