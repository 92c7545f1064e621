import {
  type EditorState,
  type Extension,
  StateEffect,
  StateField,
  type Transaction,
} from '@codemirror/state';
import { type EditorView, showTooltip, type Tooltip } from '@codemirror/view';
import { appendWords } from '@/components/code-words';
import { type CallAround, callAround } from '@/lib/language/call-around';
import { formParameters } from '@/lib/language/call-text';
import type { LanguageFunction, LanguageTable } from '@/lib/language/types';

/** Which parameter the cursor is at: by its name, else by its place. */
export function activeParameter(row: LanguageFunction, call: CallAround): number {
  const named = formParameters(row).findIndex((one) => one.name === call.named);
  return named >= 0 ? named : call.argument;
}

/** The overload that still has a parameter where the cursor is; else the first. */
export function fittingOverload(
  rows: readonly LanguageFunction[],
  call: CallAround,
): LanguageFunction | undefined {
  return rows.find((row) => activeParameter(row, call) < formParameters(row).length) ?? rows[0];
}

/** The texts that may be given where the cursor is. */
export function choicesAt(text: string, place: number, table: LanguageTable): readonly string[] {
  const call = callAround(text, place);
  const rows = table.functions.filter((one) => one.name === call?.name);
  const row = call && fittingOverload(rows, call);
  return (row && formParameters(row)[activeParameter(row, call)]?.options) ?? [];
}

function parameterText({
  name,
  qualifier,
  default: value,
  default_series: series,
  type,
}: LanguageFunction['parameters'][number]) {
  const standing = qualifier === 'series' ? series : value;
  const text = type === 'string' && qualifier !== 'series' && standing !== null ? `"${standing}"` : standing;
  return text === null ? name : `${name} = ${text}`;
}

function draw(rows: readonly LanguageFunction[], call: CallAround): HTMLElement {
  const box = document.createElement('div');
  box.className = 'cw-signature';
  const row = fittingOverload(rows, call);
  if (!row) return box;
  const active = activeParameter(row, call);
  const line = document.createElement('code');
  line.append(`${row.name}(`);
  for (const [index, parameter] of formParameters(row).entries()) {
    if (index > 0) line.append(', ');
    const part = document.createElement(index === active ? 'strong' : 'span');
    part.textContent = parameterText(parameter);
    line.append(part);
  }
  line.append(')');
  const about = document.createElement('p');
  const at = formParameters(row)[active];
  appendWords(about, at ? rangeText(at) || row.summary : row.summary);
  box.append(line, about);
  return box;
}

/** `Length: whole, 1 to 5000`. */
export function rangeText(parameter: LanguageFunction['parameters'][number]): string {
  const { title, name, type, qualifier, min, max, options } = parameter;
  if (qualifier === 'series') return `${title || name}: a series`;
  const range =
    min !== null && max !== null
      ? `${min} to ${max}`
      : min !== null
        ? `at least ${min}`
        : max !== null
          ? `at most ${max}`
          : '';
  const kinds = { int: 'whole', float: 'a number', bool: 'true or false', string: 'a text' };
  const kind = options.length > 0 ? options.map((one) => `"${one}"`).join(', ') : kinds[type];
  return `${title || name}: ${[kind, range].filter(Boolean).join(', ')}`;
}

function tooltipOf(call: CallAround, table: LanguageTable): Tooltip | null {
  const rows = table.functions.filter((one) => one.name === call.name);
  if (rows.length === 0) return null;
  return {
    pos: Math.max(0, call.open - call.name.length),
    above: true,
    strictSide: false,
    arrow: false,
    create: () => ({ dom: draw(rows, call) }),
  };
}

interface Help {
  readonly tooltip: Tooltip | null;
  /** The call, by its parenthesis, whose help somebody has closed. */
  readonly closed: number | null;
}

const close = StateEffect.define<null>();

function helpAt(state: EditorState, table: LanguageTable, closed: number | null): Help {
  const { main } = state.selection;
  const call = main.empty ? callAround(state.doc.toString(), main.head) : null;
  if (!call) return { tooltip: null, closed: null };
  if (call.open === closed) return { tooltip: null, closed };
  return { tooltip: tooltipOf(call, table), closed: null };
}

function nextHelp(known: Help, change: Transaction, table: LanguageTable): Help {
  if (change.effects.some((effect) => effect.is(close))) {
    const { doc, selection } = change.state;
    return { tooltip: null, closed: callAround(doc.toString(), selection.main.head)?.open ?? null };
  }
  if (!change.docChanged && !change.selection) return known;
  const closed = known.closed === null ? null : change.changes.mapPos(known.closed);
  return helpAt(change.state, table, closed);
}

/** While the cursor is inside a call: its parameters, the one to be given now in bold. */
export function signatureHelp(table: LanguageTable): Extension {
  return StateField.define<Help>({
    create: (state) => helpAt(state, table, null),
    update: (known, change) => nextHelp(known, change, table),
    provide: (field) => showTooltip.from(field, (help) => help.tooltip),
  });
}

/** Closes the help of the call that the cursor is in, until another is entered. False where none is shown. */
export function closeSignatureHelp(editor: EditorView): boolean {
  if (!editor.dom.querySelector('.cw-signature')) return false;
  editor.dispatch({ effects: close.of(null) });
  return true;
}
