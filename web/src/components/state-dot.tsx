import styles from './state-dot.module.css';

export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'idle';

/** A coloured dot whose shape differs too, so that colour is never the only sign. The text beside it names the state. */
export function StateDot({ tone }: { tone: Tone }) {
  return <span aria-hidden="true" className={styles.dot} data-tone={tone} />;
}
