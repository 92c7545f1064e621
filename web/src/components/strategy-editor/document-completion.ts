import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { completionsOf } from '@/components/expression-editor/completion';
import type { LanguageTable } from '@/lib/language/types';
import { isExpressionAt, isNumberAt, membersAt, wordsAt } from './document-members';
import { documentNames, documentPlace } from './document-place';

/** Members have values of their own lines, or in braces. */
const WITH_LINES = new Set(['inputs', 'let', 'long', 'short']);
const WITH_BRACES = new Set(['stop', 'target', 'trailing_stop', 'order', 'sizing']);

function memberText(name: string, deep: boolean): string {
  if (!deep && WITH_LINES.has(name)) return `${name}:\n  `;
  return WITH_BRACES.has(name) ? `${name}: {` : `${name}: `;
}

/** The members of the document, the words that a value may be, and in an expression the language with the document's own names. */
export function completeDocument(context: CompletionContext, table: LanguageTable): CompletionResult | null {
  const text = context.state.doc.toString();
  const place = documentPlace(text, context.pos);
  if (!place) return null;
  const words = place.part === 'value' ? wordsAt(place.path) : null;
  if (words) {
    // Some begin with a digit, as `1h`.
    const begun = context.matchBefore(/\w+/);
    if (!begun && !context.explicit) return null;
    const options = words.map((label) => ({ label, type: 'constant' }));
    return { from: begun?.from ?? context.pos, options, validFor: /^\w*$/ };
  }
  const word = context.matchBefore(/[A-Za-z_][\w.-]*/);
  if (!word && !context.explicit) return null;
  const from = word?.from ?? context.pos;
  if (place.part === 'name') {
    const options = membersAt(place.path).map(({ name, about }) => ({
      label: name,
      type: 'property',
      detail: about,
      apply: memberText(name, place.path.length > 0),
    }));
    return options.length > 0 ? { from, options, validFor: /^\w*$/ } : null;
  }
  const own: Completion[] = documentNames(text)
    .filter((name) => name !== word?.text)
    .map((label) => ({ label, type: 'variable', detail: 'in this strategy', boost: 2 }));
  if (isNumberAt(place.path)) return own.length > 0 ? { from, options: own, validFor: /^\w*$/ } : null;
  if (!isExpressionAt(place.path)) return null;
  return { from, options: [...own, ...completionsOf(table)], validFor: /^[\w.]*$/ };
}
