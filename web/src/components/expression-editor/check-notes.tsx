import { Button } from '@mantine/core';
import { StateDot } from '@/components/state-dot';
import { withSuggestion } from '@/lib/language/place';
import type { GoodCheck, LanguageError } from '@/lib/language/types';
import { answerTo, type Check } from '@/lib/language/use-check';
import styles from './check-notes.module.css';

const TYPE_NAMES = { float: 'number', int: 'whole number', bool: 'condition', string: 'text' } as const;

/** `series number`; of several outputs each with its name. */
export function typeWords({ plots }: GoodCheck): string {
  return plots
    .map(({ title, type, qualifier }) => {
      const words = `${qualifier} ${TYPE_NAMES[type]}`;
      return plots.length > 1 ? `${title}: ${words}` : words;
    })
    .join(', ');
}

/** `look-back 26 bars`; where the outputs differ, each one's. */
export function lookbackWords({ lookback, plots }: GoodCheck): string {
  const same = plots.every((one) => one.lookback === lookback);
  if (same) return `look-back ${lookback === 1 ? '1 bar' : `${lookback} bars`}`;
  return `look-back in bars: ${plots.map((one) => `${one.title} ${one.lookback}`).join(', ')}`;
}

/** Under an editor: what is wrong, where, and how to mend it; else what the text gives and from which bar on. */
export function CheckNotes({
  check,
  text,
  onMend,
}: {
  check: Check;
  text: string;
  /** A suggestion was taken. */
  onMend: (text: string) => void;
}) {
  if (check.phase === 'empty') return null;
  if (check.phase === 'failed') {
    return (
      <div className={styles.note} role="alert">
        <StateDot tone="bad" /> Not checked: {check.problem.message}
      </div>
    );
  }
  const answer = answerTo(check, text);
  if (!answer) {
    return (
      <div className={styles.note} role="status">
        <StateDot tone="busy" /> Checking…
      </div>
    );
  }
  if (!answer.ok) {
    return (
      <div role="alert">
        {answer.errors.map((error) => (
          <Fault
            key={`${error.line}:${error.column} ${error.message}`}
            error={error}
            text={text}
            onMend={onMend}
          />
        ))}
      </div>
    );
  }
  return (
    <div role="status">
      <div className={styles.note}>
        <StateDot tone="good" />
        <span>
          {typeWords(answer)} · {lookbackWords(answer)}
        </span>
      </div>
      {answer.notes.map(({ message, line, column }) => (
        <div key={`${line}:${column}`} className={styles.note}>
          <StateDot tone="warn" />
          <span>
            Line {line}: {message}
          </span>
        </div>
      ))}
    </div>
  );
}

function Fault({
  error,
  text,
  onMend,
}: {
  error: LanguageError;
  text: string;
  onMend: (text: string) => void;
}) {
  const { line, column, message, suggestions, signature } = error;
  return (
    <div className={styles.fault}>
      <StateDot tone="bad" />
      <div>
        <b>
          Line {line}, column {column}:
        </b>{' '}
        {message}
        {signature && <code className={styles.signature}>{signature}</code>}
        {suggestions.length > 0 && (
          <div className={styles.mend}>
            Did you mean
            {suggestions.slice(0, 3).map((suggestion) => (
              <Button
                key={suggestion}
                size="compact-xs"
                variant="default"
                onClick={() => onMend(withSuggestion(text, error, suggestion))}
              >
                {suggestion}
              </Button>
            ))}
          </div>
        )}
      </div>
    </div>
  );
}
