import { Button } from '@mantine/core';
import { StateDot } from '@/components/state-dot';
import type { StrategyFault } from '@/lib/lab/strategy-schemas';
import { withSuggestion } from '@/lib/language/place';
import { toLanguageError } from './faults';
import styles from './strategies.module.css';
import type { StrategyCheck } from './use-strategy-check';

/** What is wrong with a document, each with its place and what would mend it. */
export function FaultList({
  check,
  faults,
  document,
  onMend,
}: {
  check: StrategyCheck;
  faults: readonly StrategyFault[];
  document: string;
  /** Null: it cannot be changed. */
  onMend: ((text: string) => void) | null;
}) {
  if (check.problem) {
    return (
      <p className={styles.fine} role="alert">
        <StateDot tone="bad" /> It could not be checked: {check.problem.message}
      </p>
    );
  }
  if (faults.length === 0) {
    const fine = check.text === document && check.answer?.ok === true;
    return (
      <p className={styles.fine} role="status">
        {fine ? (
          <>
            <StateDot tone="good" /> Nothing is wrong with it.
          </>
        ) : (
          ' '
        )}
      </p>
    );
  }
  return (
    <ul className={styles.faults} role="alert" aria-label="What is wrong">
      {faults.map((fault) => {
        const error = toLanguageError(fault, document);
        return (
          <li key={`${fault.line} ${fault.column} ${fault.message}`}>
            <StateDot tone="bad" />
            <span>
              {fault.line > 0 && <b>Line {fault.line}: </b>}
              <span className={styles.told}>{error.message}</span>
              {onMend &&
                fault.column > 0 &&
                fault.suggestions.slice(0, 3).map((one) => (
                  <Button
                    key={one}
                    size="compact-xs"
                    variant="default"
                    className={styles.mend ?? ''}
                    aria-label={`Use ${one}`}
                    onClick={() => onMend(withSuggestion(document, error, one))}
                  >
                    {one}
                  </Button>
                ))}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
