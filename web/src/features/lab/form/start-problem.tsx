import { ProblemNote } from '@/components/problem-note';
import type { ApiProblem } from '@/lib/api/problem';
import { readFaults } from '@/lib/lab/strategy-schemas';
import styles from './form.module.css';

/** Why it was not begun; of a strategy that does not hold, each of its faults. */
export function StartProblem({ problem }: { problem: ApiProblem }) {
  const faults = readFaults(problem.faults);
  return (
    <ProblemNote>
      {problem.message}
      {faults.length > 1 && (
        <ul className={styles.faults}>
          {faults.map((one) => (
            <li key={`${one.line} ${one.field} ${one.message}`}>
              {one.line > 0 && `Line ${one.line}: `}
              {one.field && `${one.field}: `}
              {one.message}
            </li>
          ))}
        </ul>
      )}
    </ProblemNote>
  );
}
