import { Button, Checkbox, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { CodeWords } from '@/components/code-words';
import { TextField } from '@/components/fields';
import { FormFrame } from '@/components/form-frame';
import { ApiProblem } from '@/lib/api/problem';
import { faultsOf } from '@/lib/form/checks';
import { useForm } from '@/lib/form/use-form';
import {
  BAR_SERIES,
  type CallValues,
  formParameters,
  settingFault,
  writeCall,
} from '@/lib/language/call-text';
import { type CheckContext, checkExpression } from '@/lib/language/language-client';
import type { LanguageFunction, Parameter } from '@/lib/language/types';
import type { ChartIndicator, LineColor } from '@/lib/layouts/chart-layout';
import styles from './indicator-dialog.module.css';
import { bestPane, ColorFields, type Pane, PaneField, type PlotKind } from './plot-fields';

export interface FormResult {
  readonly text: string;
  readonly pane: Pane;
  readonly colors: readonly LineColor[];
  /** How many lines and marks it has. */
  readonly plots: number;
}

/** The settings of one function, made from its parameters. What it comes to is checked by the server before it is taken. */
export function CallForm({
  row,
  values,
  indicator,
  sources,
  context,
  submit,
  onSubmit,
  onBack,
}: {
  row: LanguageFunction;
  values: CallValues;
  /** The one that is changed; null: a new one. */
  indicator: ChartIndicator | null;
  /** Series that may be a source besides those of the bar: what other indicators give. */
  sources: readonly string[];
  context: CheckContext;
  /** On the button. */
  submit: string;
  onSubmit: (result: FormResult) => void;
  /** To the list. */
  onBack?: (() => void) | undefined;
}) {
  const parameters = formParameters(row);
  const plots: readonly PlotKind[] = row.outputs.map(({ name, type }) => ({
    title: name,
    type,
    overlay: row.overlay && type === 'float',
    event: row.event,
  }));
  const [pane, setPane] = useState<Pane>(indicator?.pane ?? bestPane(plots));
  const [colors, setColors] = useState<readonly LineColor[]>(indicator?.colors ?? []);
  const form = useForm<Record<string, string>>({
    initial: values,
    check: (typed) =>
      faultsOf(
        Object.fromEntries(parameters.map((one) => [one.name, settingFault(one, typed[one.name] ?? '')])),
      ),
    submit: async (typed) => {
      const text = writeCall(row, typed);
      const answer = await checkExpression(text, context);
      if (!answer.ok) {
        const detail = answer.errors.map((error) => error.message).join(' ');
        throw new ApiProblem({ code: 'bad_expression', status: 400, detail });
      }
      onSubmit({ text, pane, colors, plots: plots.length });
    },
  });
  return (
    <FormFrame
      form={form}
      label={row.title}
      submit={submit}
      actions={
        onBack && (
          <Button variant="default" onClick={onBack}>
            Back to the list
          </Button>
        )
      }
    >
      <div className={styles.head}>
        <h3 className={styles.title}>{row.title}</h3>
        <p className={styles.about}>
          <CodeWords text={`${row.summary} ${facts(row)}`} />
        </p>
      </div>
      <div className={styles.grid}>
        {parameters.map((parameter, index) => (
          <ParameterField
            key={parameter.name}
            parameter={parameter}
            sources={sources}
            field={form.field(parameter.name)}
            onSet={(value) => form.set({ [parameter.name]: value })}
            first={index === 0}
          />
        ))}
        <PaneField plots={plots} pane={pane} onChange={setPane} />
        {indicator && <ColorFields plots={plots} colors={colors} onChange={setColors} />}
      </div>
      <p className={styles.text}>
        <code>{writeCall(row, form.values)}</code>
      </p>
    </FormFrame>
  );
}

function facts({ units, lookback, talib }: LanguageFunction): string {
  return [units && `Units: ${units}.`, lookback && `Look-back: ${lookback}.`, talib && `In TA-Lib: ${talib}.`]
    .filter(Boolean)
    .join(' ');
}

function rangeOf({ min, max, type }: Parameter): string | undefined {
  const range = [min === null ? '' : `from ${min}`, max === null ? '' : `to ${max}`]
    .filter(Boolean)
    .join(' ');
  const words = [type === 'int' ? 'whole' : '', range].filter(Boolean).join(', ');
  return words === '' ? undefined : words.charAt(0).toUpperCase() + words.slice(1);
}

/** Choices that have a name of their own. */
const CHOICES: Readonly<Record<string, string>> = { talib: 'TA-Lib', pine: 'Pine', '': 'Of the chart' };

function ParameterField({
  parameter,
  sources,
  field,
  onSet,
  first,
}: {
  parameter: Parameter;
  sources: readonly string[];
  field: ReturnType<ReturnType<typeof useForm<Record<string, string>>>['field']>;
  onSet: (value: string) => void;
  first: boolean;
}) {
  const { name, title, type, qualifier, options } = parameter;
  const label = title || `${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll('_', ' ')}`;
  const focus = first ? { 'data-autofocus': true } : {};
  if (qualifier === 'series' || options.length > 0) {
    const known = qualifier === 'series' ? [...BAR_SERIES, ...sources] : options;
    // What is there already stays a choice, whatever it is.
    const choices = new Set(known.includes(field.value) ? known : [field.value, ...known]);
    const data = [...choices].map((value) => ({ value, label: CHOICES[value] ?? value }));
    return <NativeSelect {...field} {...focus} label={label} data={data} />;
  }
  if (type === 'bool') {
    return (
      <Checkbox
        {...focus}
        className={styles.check ?? ''}
        name={name}
        label={label}
        checked={field.value === 'true'}
        onChange={(event) => onSet(String(event.currentTarget.checked))}
      />
    );
  }
  return (
    <TextField
      {...field}
      {...focus}
      label={label}
      description={type === 'string' ? undefined : rangeOf(parameter)}
      inputMode={type === 'string' ? 'text' : type === 'int' ? 'numeric' : 'decimal'}
      autoComplete="off"
    />
  );
}
