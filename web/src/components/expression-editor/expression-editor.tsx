import { lazy, Suspense } from 'react';
import type { CodeEditorProps } from './code-editor';
import styles from './expression-editor.module.css';

// The editor is large, and a desk is opened more often than a formula is written.
const CodeEditor = lazy(async () => ({ default: (await import('./code-editor')).CodeEditor }));

/** A field for text in the language: coloured, completed, with its faults underlined. */
export function ExpressionEditor(props: CodeEditorProps) {
  return (
    <Suspense
      fallback={
        <div className={styles.host} data-single={props.single || undefined}>
          <span className={styles.waiting}>{props.value || 'One moment…'}</span>
        </div>
      }
    >
      <CodeEditor {...props} />
    </Suspense>
  );
}
