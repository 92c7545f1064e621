import { Button } from '@mantine/core';
import { ProblemNote } from '@/components/problem-note';
import { ApiProblem } from '@/lib/api/problem';
import { languageErrorSchema } from '@/lib/language/types';
import styles from './language-problem.module.css';

/** Why a text could not be run, with its place where the server names one; and another try where that may help. */
export function LanguageProblem({ problem, onRetry }: { problem: Error; onRetry: () => void }) {
  const place =
    problem instanceof ApiProblem ? languageErrorSchema.safeParse(problem.diagnostic).data : undefined;
  const retryable = !(problem instanceof ApiProblem) || problem.retryable;
  return (
    <div className={styles.failure}>
      <ProblemNote>
        {problem.message}
        {place?.line_text && (
          <code className={styles.place}>
            {place.line_text}
            {'\n'}
            {' '.repeat(place.column - 1)}
            {'^'.repeat(place.length)}
          </code>
        )}
      </ProblemNote>
      {retryable && (
        <Button size="xs" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}
