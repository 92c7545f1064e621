import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  closeCompletion,
  completionKeymap,
  currentCompletions,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching } from '@codemirror/language';
import { setDiagnostics } from '@codemirror/lint';
import { Annotation, Compartment, EditorState, type Extension, Prec } from '@codemirror/state';
import { drawSelection, EditorView, keymap, placeholder, tooltips } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { completeDocument } from '@/components/strategy-editor/document-completion';
import { documentHighlighting } from '@/components/strategy-editor/document-highlighting';
import type { LanguageError, LanguageTable } from '@/lib/language/types';
import { bracketOnce } from './bracket-once';
import { COMPLETIONS_SHOWN, complete } from './completion';
import { diagnosticsOf } from './diagnostics';
import { editorTheme, FEW_LINES, WHOLE_DOCUMENT } from './editor-theme';
import styles from './expression-editor.module.css';
import { highlighting } from './highlighting';
import { placeInfo, roomOf } from './place-info';
import { closeSignatureHelp, signatureHelp } from './signature-help';

export interface CodeEditorProps {
  readonly value: string;
  readonly onChange: (text: string) => void;
  /** What a screen reader calls it. */
  readonly label: string;
  readonly table: LanguageTable | undefined;
  /** What is wrong with `value`; null: not known yet. */
  readonly errors: readonly LanguageError[] | null;
  /** Mostly one line: Enter submits, Shift-Enter makes another line. */
  readonly single?: boolean;
  /** A strategy's document, which has expressions in it; else an expression alone. */
  readonly document?: boolean;
  readonly readOnly?: boolean;
  readonly hint?: string;
  readonly autoFocus?: boolean;
  /** Enter in a single line, Ctrl-Enter in others. */
  readonly onSubmit?: () => void;
  /** Escape, where it closes nothing of the editor's own. */
  readonly onEscape?: () => void;
}

/** Marks a change that came from outside: it is not told there. */
const FROM_OUTSIDE = Annotation.define<boolean>();

/** Replaces only what differs, so that the cursor stays where it is in the rest. */
function replaceText(editor: EditorView, text: string): void {
  const old = editor.state.doc.toString();
  const shorter = Math.min(old.length, text.length);
  let from = 0;
  while (from < shorter && old[from] === text[from]) from += 1;
  let same = 0;
  while (same < shorter - from && old[old.length - 1 - same] === text[text.length - 1 - same]) same += 1;
  editor.dispatch({
    changes: { from, to: old.length - same, insert: text.slice(from, text.length - same) },
    annotations: FROM_OUTSIDE.of(true),
  });
}

function languageParts(table: LanguageTable | undefined, document: boolean): Extension {
  const colored = document ? documentHighlighting(table) : highlighting(table);
  if (!table) return colored;
  return [
    colored,
    signatureHelp(table),
    bracketOnce,
    autocompletion({
      override: [(context) => (document ? completeDocument(context, table) : complete(context, table))],
      maxRenderedOptions: COMPLETIONS_SHOWN,
      icons: false,
      positionInfo: placeInfo,
      // Its keys are below, without Escape.
      defaultKeymap: false,
    }),
  ];
}

/**
 * The editor itself. It lives in a shadow tree: there its styles are adopted sheets, which the content security policy allows,
 * where style elements would be refused.
 */
export function CodeEditor(props: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const newest = useRef(props);
  useEffect(() => {
    newest.current = props;
  });
  const language = useRef(new Compartment());
  const { label, table, single = false, document = false, readOnly = false, hint, autoFocus = false } = props;
  const { value, errors } = props;
  // Somebody may type faster than the page is drawn: what comes back is then older than what stands in the editor. Here is
  // what was told since both were the same, and what they were.
  const told = useRef([value]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what else changes is brought in below
  useEffect(() => {
    if (!host.current) return;
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: 'open' });
    const submit = () => {
      newest.current.onSubmit?.();
      return newest.current.onSubmit !== undefined;
    };
    const keys = [
      { key: 'Tab', run: acceptCompletion },
      { key: single ? 'Enter' : 'Mod-Enter', run: submit },
      {
        key: 'Escape',
        run: (editor: EditorView) => {
          // A list that was not shown yet is nothing that somebody would close.
          const open = currentCompletions(editor.state).length > 0;
          if ((closeCompletion(editor) && open) || closeSignatureHelp(editor)) return true;
          newest.current.onEscape?.();
          return newest.current.onEscape !== undefined;
        },
      },
    ];
    const created = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: newest.current.value,
        extensions: [
          // An open list of completions comes first.
          Prec.highest(keymap.of(completionKeymap.filter(({ key }) => key !== 'Escape'))),
          keymap.of([...keys, ...closeBracketsKeymap, ...historyKeymap, ...defaultKeymap]),
          history(),
          drawSelection(),
          bracketMatching(),
          closeBrackets(),
          tooltips({ position: 'fixed', tooltipSpace: roomOf }),
          EditorView.lineWrapping,
          placeholder(hint ?? ''),
          language.current.of(languageParts(newest.current.table, document)),
          // What comes first wins.
          document ? WHOLE_DOCUMENT : [],
          editorTheme,
          single ? FEW_LINES : [],
          EditorState.readOnly.of(readOnly),
          EditorView.contentAttributes.of({
            'aria-label': label,
            spellcheck: 'false',
            autocapitalize: 'off',
            ...(readOnly ? { 'aria-readonly': 'true', tabindex: '0' } : {}),
          }),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged || update.transactions.some((one) => one.annotation(FROM_OUTSIDE))) return;
            const text = update.state.doc.toString();
            told.current.push(text);
            newest.current.onChange(text);
          }),
        ],
      }),
    });
    view.current = created;
    if (autoFocus) {
      created.focus();
      created.dispatch({ selection: { anchor: created.state.doc.length } });
    }
    return () => {
      created.destroy();
      view.current = null;
    };
  }, [label, single, document, readOnly, hint]);

  useEffect(() => {
    view.current?.dispatch({ effects: language.current.reconfigure(languageParts(table, document)) });
  }, [table, document]);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    if (editor.state.doc.toString() === value) told.current = [value];
    else if (!told.current.includes(value)) replaceText(editor, value);
  });

  useEffect(() => {
    const editor = view.current;
    if (!editor || errors === null) return;
    editor.dispatch(setDiagnostics(editor.state, diagnosticsOf(editor.state.doc.toString(), errors)));
  }, [errors]);

  // Escape first closes what the editor has open, then whatever is around it: it is not for others to take.
  return (
    <div
      ref={host}
      className={styles.host}
      data-single={single || undefined}
      data-invalid={(errors?.length ?? 0) > 0 || undefined}
      data-mantine-stop-propagation="true"
    />
  );
}
