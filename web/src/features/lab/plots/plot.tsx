import type { ReactNode } from 'react';
import styles from './plots.module.css';
import { HEIGHT, ROOM, type Scale, ticksOf, WIDTH } from './scale';

/** Axes and their names around what is drawn. */
export function Plot({
  label,
  across,
  up,
  acrossName,
  upName,
  acrossText,
  upText,
  onPick,
  children,
}: {
  /** What it shows, for who does not see it. */
  label: string;
  across: Scale;
  up: Scale;
  acrossName: string;
  upName: string;
  acrossText: (value: number) => string;
  upText: (value: number) => string;
  /** A thing with `data-pick` was pressed; who presses no pointer has the table. */
  onPick?: (pick: string) => void;
  children: ReactNode;
}) {
  const bottom = HEIGHT - ROOM.bottom;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: what is picked here is picked by keyboard in the table beside
    <svg
      className={styles.plot}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={label}
      onClick={(event) => {
        const pick = (event.target as Element).getAttribute('data-pick');
        if (pick !== null) onPick?.(pick);
      }}
    >
      {ticksOf(up.from, up.to, 5).map((tick) => (
        <g key={tick}>
          <path className={styles.grid} d={`M${ROOM.left} ${up.at(tick)}H${WIDTH - ROOM.right}`} />
          <text className={styles.tick} x={ROOM.left - 6} y={up.at(tick) + 4} textAnchor="end">
            {upText(tick)}
          </text>
        </g>
      ))}
      {ticksOf(across.from, across.to, 6).map((tick) => (
        <g key={tick}>
          <path className={styles.grid} d={`M${across.at(tick)} ${ROOM.top}V${bottom}`} />
          <text className={styles.tick} x={across.at(tick)} y={bottom + 15} textAnchor="middle">
            {acrossText(tick)}
          </text>
        </g>
      ))}
      {children}
      <text
        className={styles.axis}
        x={(ROOM.left + WIDTH - ROOM.right) / 2}
        y={HEIGHT - 5}
        textAnchor="middle"
      >
        {acrossName}
      </text>
      <text
        className={styles.axis}
        x={-(ROOM.top + bottom) / 2}
        y={11}
        textAnchor="middle"
        transform="rotate(-90)"
      >
        {upName}
      </text>
    </svg>
  );
}
