import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';

/** The editor in the desk's colours, dark or light as the page is. */
export const editorTheme: Extension = EditorView.theme({
  '&': {
    borderRadius: '6px',
    backgroundColor: 'var(--cw-panel)',
    color: 'var(--cw-text)',
    fontSize: '13px',
  },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': {
    fontFamily: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
    lineHeight: '1.55',
    maxHeight: '40vh',
  },
  '.cm-content': { padding: '8px 0', caretColor: 'var(--cw-text)' },
  '.cm-line': { padding: '0 10px' },
  '.cm-cursor': { borderLeftColor: 'var(--cw-text)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: 'var(--cw-accent-soft)',
  },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': {
    backgroundColor: 'var(--cw-accent-soft)',
    color: 'inherit',
  },
  '.cm-placeholder': { color: 'var(--cw-text-dim)' },
  '.cm-tooltip': {
    border: '1px solid var(--cw-line)',
    borderRadius: '6px',
    backgroundColor: 'var(--cw-panel)',
    color: 'var(--cw-text)',
    boxShadow: '0 4px 14px #0004',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': {
    maxHeight: '14em',
    fontFamily: 'inherit',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 8px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--cw-accent-soft)',
    color: 'var(--cw-text)',
  },
  '.cm-completionDetail': { color: 'var(--cw-text-dim)', fontStyle: 'normal' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700' },
  '.cm-tooltip.cm-completionInfo': { maxWidth: '215px', padding: '8px 10px', fontSize: '12px' },
  // There is no room for it beside the list nor around it.
  '@media (max-width: 720px)': { '.cm-tooltip.cm-completionInfo': { display: 'none' } },
  '.cm-completionInfo code': { overflowWrap: 'anywhere' },
  '.cm-completionInfo p, .cw-signature p': { margin: '4px 0 0', color: 'var(--cw-text-dim)' },
  '.cw-signature': { maxWidth: '460px', padding: '5px 9px', fontSize: '12px' },
  '.cw-signature strong': { color: 'var(--cw-accent-text)' },
  '.cm-diagnostic': { padding: '5px 9px', fontFamily: 'system-ui, sans-serif' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--cw-down)' },
  '.cm-diagnosticAction': {
    padding: '2px 8px',
    border: '1px solid var(--cw-line)',
    borderRadius: '4px',
    backgroundColor: 'var(--cw-raised)',
    color: 'var(--cw-text)',
    cursor: 'pointer',
  },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--cw-down)',
    textUnderlineOffset: '3px',
  },
  '.cm-lintPoint-error:after': { borderBottomColor: 'var(--cw-down)' },
});

/** A field among others grows to some lines, and then scrolls. */
export const FEW_LINES: Extension = EditorView.theme({ '.cm-scroller': { maxHeight: '9.6em' } });

/** A document has the room of its page. */
export const WHOLE_DOCUMENT: Extension = EditorView.theme({
  '.cm-scroller': { minHeight: '320px', maxHeight: 'max(320px, calc(100vh - 330px))' },
});
