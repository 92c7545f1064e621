import { type KeyboardEvent, useEffect, useRef } from 'react';
import { neighbourTimeframe, TIMEFRAME_GROUPS, type Timeframe, timeframeName } from '@/lib/timeframe';
import styles from './timeframe-bar.module.css';

/** All timeframes as one radio group. Those the instrument has no bars for are shown, but cannot be chosen. */
export function TimeframeBar({
  value,
  available,
  onChange,
}: {
  value: Timeframe;
  available: readonly Timeframe[];
  onChange: (timeframe: Timeframe) => void;
}) {
  const chosen = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const button = chosen.current;
    if (!value || !button) return;
    button.scrollIntoView({ block: 'nearest', inline: 'center' });
    // By the arrow keys: the focus goes along.
    if (button.closest('[role="radiogroup"]')?.contains(document.activeElement)) button.focus();
  }, [value]);

  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    onChange(neighbourTimeframe(value, step as 1 | -1, available));
  };

  return (
    <div className={styles.bar} role="radiogroup" aria-label="Timeframe" onKeyDown={onKeyDown}>
      {TIMEFRAME_GROUPS.map((group) => (
        <div key={group.name} className={styles.group}>
          {group.members.map((timeframe) => {
            const checked = timeframe === value;
            const there = available.includes(timeframe);
            return (
              // biome-ignore lint/a11y/useSemanticElements: a radio input cannot be drawn as a compact button row
              <button
                key={timeframe}
                ref={checked ? chosen : undefined}
                type="button"
                role="radio"
                aria-checked={checked}
                aria-label={timeframeName(timeframe)}
                title={
                  there
                    ? timeframeName(timeframe)
                    : `No bars as fine as ${timeframeName(timeframe)} are stored`
                }
                disabled={!there}
                tabIndex={checked ? 0 : -1}
                className={styles.choice}
                onClick={() => onChange(timeframe)}
              >
                {timeframe}
              </button>
            );
          })}
        </div>
      ))}
    </div>
  );
}
