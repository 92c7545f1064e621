import { Section } from '@/components/page-frame';
import { useFormats } from '@/lib/formats';
import type { Run } from '@/lib/lab/run-schemas';
import type { Grade } from './evidence';
import styles from './result.module.css';
import { verdictOf } from './verdict';

const SIGNS: Readonly<Record<Grade, string>> = { good: '✓', doubtful: '?', bad: '✕', unknown: '–' };
const WORDS: Readonly<Record<Grade, string>> = {
  good: 'Good',
  doubtful: 'Doubtful',
  bad: 'Bad',
  unknown: 'Not known',
};

/** How something stands, by shape and colour. */
export function GradeMark({ grade }: { grade: Grade }) {
  return (
    <span
      className={styles.grade}
      data-grade={grade}
      role="img"
      aria-label={WORDS[grade]}
      title={WORDS[grade]}
    >
      {SIGNS[grade]}
    </span>
  );
}

/** What it comes to, and what one must know before one believes it. */
export function VerdictList({ run, quote }: { run: Run; quote: string }) {
  const formats = useFormats();
  const warnings = run.warnings ?? [];
  return (
    <Section title="Verdict">
      <ul className={styles.verdicts}>
        {verdictOf(run, quote, formats).map(({ grade, text }) => (
          <li key={text}>
            <GradeMark grade={grade} />
            <span>{text}</span>
          </li>
        ))}
      </ul>
      {run.practice && (
        <p className={styles.warning}>
          <b>Practice.</b> These prices are invented: the result says nothing of a real market.
        </p>
      )}
      <Warnings texts={warnings} />
    </Section>
  );
}

export function Warnings({ texts }: { texts: readonly string[] }) {
  if (texts.length === 0) return null;
  return (
    <>
      <h3 className={styles.small}>Warnings</h3>
      <ul className={styles.warnings} aria-label="Warnings">
        {texts.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </>
  );
}
