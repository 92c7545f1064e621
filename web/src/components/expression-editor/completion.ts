import {
  type Completion,
  type CompletionContext,
  type CompletionResult,
  insertBracket,
} from '@codemirror/autocomplete';
import type { EditorView } from '@codemirror/view';
import { appendWords } from '@/components/code-words';
import type { LanguageFunction, LanguageTable } from '@/lib/language/types';
import { bracketWritten } from './bracket-once';
import { choicesAt } from './signature-help';

/** Completions beyond this are not shown at once; typing on narrows them down. */
export const COMPLETIONS_SHOWN = 60;

function ofFunction(row: LanguageFunction): Completion {
  return {
    label: row.name,
    type: row.variable ? 'variable' : 'function',
    detail: row.title,
    info: () => describe(row.signature, row.summary),
    apply: (view, _, from, to) => insertCall(view, row, from, to),
  };
}

/** Writes the name and, where none follow, parentheses with the cursor where the first argument goes. */
function insertCall(view: EditorView, row: LanguageFunction, from: number, to: number): void {
  const call = !row.variable && view.state.sliceDoc(to, to + 1) !== '(';
  const named = view.state.update({
    changes: { from, to, insert: row.name },
    selection: { anchor: from + row.name.length },
    userEvent: 'input.complete',
  });
  if (!call) {
    view.dispatch(named);
    return;
  }
  // As if it was typed: then a `)` that is typed later goes over the one that stands there.
  const bracket =
    insertBracket(named.state, '(') ??
    named.state.update({
      changes: { from: named.newSelection.main.head, insert: '()' },
      selection: { anchor: named.newSelection.main.head + 1 },
    });
  view.dispatch([named, bracket]);
  const inside = view.state.selection.main.head;
  const anchor = row.parameters.length > 0 ? inside : inside + 1;
  view.dispatch({ selection: { anchor }, effects: bracketWritten.of({ inside, anchor }) });
}

/** What a name stands for, beside the list. */
function describe(signature: string, summary: string): HTMLElement {
  const box = document.createElement('div');
  const code = document.createElement('code');
  code.textContent = signature;
  const about = document.createElement('p');
  appendWords(about, summary);
  box.append(code, about);
  return box;
}

/** Names that the text itself gives: `fast = …`, `[macd, signal] = …`. */
export function ownNames(text: string): readonly string[] {
  const names = new Set<string>();
  for (const [, list, single] of text.matchAll(
    /^[ \t]*(?:\[([^\]\n]*)\]|(?:\w+[ \t]+)?(\w+))[ \t]*=(?![=>])/gm,
  )) {
    for (const name of (list ?? single ?? '').split(',')) {
      if (/^[A-Za-z_]\w*$/.test(name.trim()) && name.trim() !== '_') names.add(name.trim());
    }
  }
  return [...names];
}

/** Everything that a text may name: of overloads one, its page has them all. */
export function completionsOf(table: LanguageTable): readonly Completion[] {
  const functions = new Map(table.functions.map((row) => [row.name, row]));
  return [
    ...[...functions.values()].map(ofFunction),
    ...table.variables.map(({ name, type, summary }) => ({
      label: name,
      type: 'variable',
      detail: type,
      ...(summary ? { info: () => describe(name, summary) } : {}),
      boost: 1,
    })),
    ...table.keywords.map((label) => ({ label, type: 'keyword', boost: -1 })),
  ];
}

/** Inside quotes the argument's choices are offered, of a request the timeframes, elsewhere names; in a comment nothing. */
export function complete(context: CompletionContext, table: LanguageTable): CompletionResult | null {
  const line = context.state.doc.lineAt(context.pos);
  const before = line.text.slice(0, context.pos - line.from);
  if (before.replace(/"[^"]*"|'[^']*'/g, '').includes('//')) return null;
  const quoted = /(?:^|[^"'])["']([\w]*)$/.exec(
    before.replace(/"[^"]*"|'[^']*'/g, (all) => ' '.repeat(all.length)),
  );
  if (quoted) {
    const from = context.pos - (quoted[1] ?? '').length;
    const times = /request\.security|timeframe|probability/.test(before) ? table.timeframes : [];
    // Before the quote that opens: what it is an argument of.
    const choices = choicesAt(context.state.doc.toString(), from - 1, table);
    const labels = choices.length > 0 ? choices : times;
    return labels.length > 0 ? { from, options: labels.map((label) => ({ label, type: 'constant' })) } : null;
  }
  const word = context.matchBefore(/[A-Za-z_][\w.]*/);
  if (!word && !context.explicit) return null;
  const own = ownNames(context.state.doc.toString())
    .filter((name) => name !== word?.text)
    .map((label) => ({ label, type: 'variable', detail: 'in this text', boost: 2 }));
  return {
    from: word?.from ?? context.pos,
    options: [...own, ...completionsOf(table)],
    validFor: /^[\w.]*$/,
  };
}
