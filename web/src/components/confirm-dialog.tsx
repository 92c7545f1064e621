import { Button, Modal } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { ProblemNote } from '@/components/problem-note';
import { type ApiProblem, toProblem } from '@/lib/api/problem';
import styles from './confirm-dialog.module.css';

/** What is about to be done, and that it is meant. */
export interface Question {
  readonly title: string;
  /** What will happen. */
  readonly text: ReactNode;
  /** On the button that does it. */
  readonly action: string;
  readonly act: () => Promise<unknown>;
}

/** Asks before something that cannot be undone or that hits somebody else. */
export function ConfirmDialog({ question, onClose }: { question: Question | null; onClose: () => void }) {
  return (
    <Modal
      opened={question !== null}
      onClose={onClose}
      title={question?.title}
      centered
      lockScroll={false}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {question && <Answer question={question} onClose={onClose} />}
    </Modal>
  );
}

function Answer({ question, onClose }: { question: Question; onClose: () => void }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const act = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await question.act();
      onClose();
    } catch (error) {
      setProblem(toProblem(error));
      setBusy(false);
    }
  };
  return (
    <div className={styles.dialog}>
      <div className={styles.text}>{question.text}</div>
      {problem && <ProblemNote>{problem.message}</ProblemNote>}
      <div className={styles.actions}>
        <Button variant="default" onClick={onClose} data-autofocus>
          Cancel
        </Button>
        <Button variant="default" className={styles.danger ?? ''} loading={busy} onClick={() => void act()}>
          {question.action}
        </Button>
      </div>
    </div>
  );
}
