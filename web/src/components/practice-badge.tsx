import { Tooltip } from '@mantine/core';
import styles from './practice-badge.module.css';

/** Stands beside every price that is not a real market's price of now. */
export function PracticeBadge({ market, short = false }: { market: 'practice' | 'replay'; short?: boolean }) {
  const practice = market === 'practice';
  const label = practice
    ? 'These prices are invented by the local practice exchange. They are not a real market.'
    : 'These prices are stored candles played again. They are not prices of today.';
  const text = practice ? 'Practice market' : 'Replay';
  return (
    <Tooltip label={label} multiline w={260}>
      <span className={styles.badge} data-short={short || undefined}>
        {short && practice ? 'Practice' : text}
      </span>
    </Tooltip>
  );
}
