import { DIRECTION_ARROWS, DIRECTION_WORDS, type Direction, toneOf } from '@/lib/signals/direction';
import styles from './direction-mark.module.css';

/** A direction as arrow and word, in its colour. */
export function DirectionMark({ direction }: { direction: Direction | null }) {
  if (direction === null) return <span className={styles.direction}>no signal</span>;
  return (
    <span className={styles.direction} data-tone={toneOf(direction)}>
      <span className={styles.arrow} aria-hidden="true">
        {DIRECTION_ARROWS[direction]}
      </span>
      <span data-word>{DIRECTION_WORDS[direction]}</span>
    </span>
  );
}
