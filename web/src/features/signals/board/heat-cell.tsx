import { Tooltip } from '@mantine/core';
import { type ComponentProps, type CSSProperties, useEffect, useRef, useState } from 'react';
import { Link } from '@/components/link';
import { type Formats, useFormats } from '@/lib/formats';
import { DIRECTION_ARROWS, DIRECTION_WORDS, heatOf, toneOf } from '@/lib/signals/direction';
import type { SignalCell } from '@/lib/signals/schemas';
import { percent, ratingText, scoreText } from '@/lib/signals/words';
import { timeframeName } from '@/lib/timeframe';
import styles from './heat-cell.module.css';

/** Counts how often what is shown has changed: as a key it starts a short tint anew. */
function useChanges(shown: string): number {
  const before = useRef(shown);
  const [count, setCount] = useState(0);
  useEffect(() => {
    if (before.current === shown) return;
    before.current = shown;
    setCount((known) => known + 1);
  }, [shown]);
  return count;
}

/** All that a cell says, in words. */
export function cellWords(cell: SignalCell, formats: Formats): string {
  const name = timeframeName(cell.timeframe);
  if (cell.score === null || cell.direction === null) return `${name}: no signal yet`;
  const confidence = cell.confidence === null ? '' : `, confidence ${percent(formats, cell.confidence)}`;
  const rating = ratingText(formats, cell.rating_tradingview);
  return `${name}: ${DIRECTION_WORDS[cell.direction]}, ${scoreText(cell.score)} of 100${confidence}. TradingView’s rating: ${rating}`;
}

/** One timeframe of one symbol: score, arrow, and a colour that is the stronger the further the score is from 50. */
export function HeatCell({
  cell,
  href,
  reach,
}: {
  cell: SignalCell;
  href: string;
  /** Whether the tab key leads to it, and what is called when it has the focus. */
  reach: Pick<ComponentProps<typeof Link>, 'tabIndex' | 'onFocus'>;
}) {
  const formats = useFormats();
  const words = cellWords(cell, formats);
  const changes = useChanges(scoreText(cell.score));
  const heat = { '--heat': cell.score === null ? 0 : heatOf(cell.score) } as CSSProperties;
  return (
    <td className={styles.heat}>
      <Tooltip label={words} multiline w={230} events={{ hover: true, focus: true, touch: false }}>
        <Link
          href={href}
          className={styles.cell}
          data-tone={toneOf(cell.direction)}
          style={heat}
          aria-label={words}
          {...reach}
        >
          <span key={changes} className={styles.cellScore} data-changed={changes > 0 || undefined}>
            {scoreText(cell.score)}
          </span>
          <span className={styles.cellArrow}>{cell.direction && DIRECTION_ARROWS[cell.direction]}</span>
        </Link>
      </Tooltip>
    </td>
  );
}
