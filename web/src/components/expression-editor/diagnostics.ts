import type { Diagnostic } from '@codemirror/lint';
import { placeOf } from '@/lib/language/place';
import type { LanguageError } from '@/lib/language/types';

/** What the editor underlines, with a button for each suggestion. */
export function diagnosticsOf(text: string, errors: readonly LanguageError[]): Diagnostic[] {
  return errors.map((error) => {
    const { from, to } = placeOf(text, error);
    return {
      from,
      // At least one character, or there is nothing to underline.
      to: Math.min(text.length, Math.max(to, from + 1)),
      severity: 'error',
      message: error.message,
      actions: error.suggestions.map((suggestion) => ({
        name: `Use ${suggestion}`,
        apply: (view, start, end) => view.dispatch({ changes: { from: start, to: end, insert: suggestion } }),
      })),
    };
  });
}
