import { type Extension, Prec, StateEffect, StateField } from '@codemirror/state';
import { EditorView } from '@codemirror/view';

interface Written {
  /** The place between the parentheses. */
  readonly inside: number;
  /** Where the cursor was put. */
  readonly anchor: number;
}

/** A completion has just written the parentheses of a call. */
export const bracketWritten = StateEffect.define<Written>();

const written = StateField.define<Written | null>({
  create: () => null,
  update: (known, change) => {
    for (const effect of change.effects) if (effect.is(bracketWritten)) return effect.value;
    return change.docChanged || change.selection ? null : known;
  },
});

/** Whoever types the `(` by habit right after a completion has it already: the cursor just goes inside. */
export const bracketOnce: Extension = [
  written,
  Prec.highest(
    EditorView.inputHandler.of((view, from, _to, text) => {
      const just = view.state.field(written);
      if (text !== '(' || just?.anchor !== from) return false;
      view.dispatch({ selection: { anchor: just.inside } });
      return true;
    }),
  ),
];
