import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { CheckNotes } from '@/components/expression-editor/check-notes';
import { ExpressionEditor } from '@/components/expression-editor/expression-editor';
import type { CheckContext, Inputs } from '@/lib/language/language-client';
import type { LanguageTable } from '@/lib/language/types';
import { answerTo, useCheck } from '@/lib/language/use-check';
import type { ChartIndicator, LineColor } from '@/lib/layouts/chart-layout';
import type { Draft } from './expression-draft';
import styles from './indicator-dialog.module.css';
import { InputField, inputFault, typedText } from './input-field';
import { bestPane, ColorFields, type Pane, PaneField } from './plot-fields';

export interface ExpressionResult {
  readonly text: string;
  readonly inputs: Inputs;
  readonly pane: Pane;
  readonly colors: readonly LineColor[];
  /** How many lines and marks it has. */
  readonly plots: number;
}

const HINT = 'fast = ta.ema(close, 12)\nslow = ta.ema(close, 26)\nfast - slow';

/** Any text of the language, checked as it is typed. */
export function ExpressionForm({
  indicator,
  draft,
  onDraft,
  context,
  table,
  submit,
  refusal,
  onSubmit,
  onEscape,
}: {
  indicator: ChartIndicator | null;
  /** What was begun and not added yet; of one that is on the chart null. */
  draft: Draft | null;
  onDraft?: (draft: Draft) => void;
  context: CheckContext;
  table: LanguageTable | undefined;
  submit: string;
  /** Why nothing can be added now; null: it can. */
  refusal: string | null;
  onSubmit: (result: ExpressionResult) => void;
  onEscape: () => void;
}) {
  const [text, setText] = useState(indicator?.text ?? draft?.text ?? '');
  const [inputs, setInputs] = useState<Inputs>(indicator?.inputs ?? draft?.inputs ?? {});
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>(draft?.typed ?? {});
  const [chosen, setChosen] = useState<Pane | null>(indicator?.pane ?? draft?.pane ?? null);
  const [colors, setColors] = useState<readonly LineColor[]>(indicator?.colors ?? []);
  const check = useCheck(text, { ...context, inputs });
  const answer = answerTo(check, text);
  const good = answer?.ok ? answer : null;
  const errors = answer === null ? null : answer.ok ? [] : answer.errors;
  // A faulty text keeps its fields, so that nothing jumps while it is mended.
  const [last, setLast] = useState(good);
  if (good && good !== last) setLast(good);
  const plots = last?.plots ?? [];
  const pane = chosen ?? bestPane(plots);

  const faulty = last?.inputs.some((one) => inputFault(one, typedText(one, typed, inputs))) ?? false;
  useEffect(() => onDraft?.({ text, inputs, typed, pane: chosen }), [onDraft, text, inputs, typed, chosen]);

  const send = () => {
    if (!good || faulty || refusal !== null) return;
    // Inputs that the text no longer asks for are not kept.
    const asked = new Set(good.inputs.map((one) => one.name));
    const kept = Object.fromEntries(Object.entries(inputs).filter(([name]) => asked.has(name)));
    onSubmit({ text: text.trim(), inputs: kept, pane, colors, plots: good.plots.length });
  };
  return (
    <div className={`${styles.form} ${styles.expression}`}>
      <ExpressionEditor
        label="Expression"
        value={text}
        onChange={setText}
        table={table}
        errors={text.trim() === '' ? [] : errors}
        hint={HINT}
        autoFocus
        onSubmit={send}
        onEscape={onEscape}
      />
      {text.trim() === '' ? (
        <p className={styles.about}>
          Pine’s names and signs. Names can be given with “=”; the last line is what is drawn. Ctrl and space
          lists what there is.
        </p>
      ) : (
        <CheckNotes check={check} text={text} onMend={setText} />
      )}
      {last && text.trim() !== '' && (
        <div className={styles.grid}>
          {last.inputs.map((input) => (
            <InputField
              key={input.name}
              input={input}
              value={inputs[input.name] ?? input.default}
              typed={typedText(input, typed, inputs)}
              onType={(words) => setTyped((known) => ({ ...known, [input.name]: words }))}
              onChange={(value) => setInputs((known) => ({ ...known, [input.name]: value }))}
            />
          ))}
          <PaneField plots={plots} pane={pane} onChange={setChosen} />
          {indicator && <ColorFields plots={plots} colors={colors} onChange={setColors} />}
        </div>
      )}
      <div className={styles.actions}>
        <Button onClick={send} disabled={!good || faulty || refusal !== null}>
          {submit}
        </Button>
        {faulty && <span className={styles.about}>An input is out of its range.</span>}
        {refusal && <span className={styles.about}>{refusal}</span>}
      </div>
    </div>
  );
}
