import { Checkbox, NativeSelect } from '@mantine/core';
import { TextField } from '@/components/fields';
import type { Inputs } from '@/lib/language/language-client';
import type { Input, Setting } from '@/lib/language/types';
import styles from './indicator-dialog.module.css';

/** Whether it is typed, and so can be something that is no value. */
function isNumber({ type, options }: Input): boolean {
  return options.length === 0 && (type === 'int' || type === 'float');
}

/** What stands in an input's field: what was typed, else its value. */
export function typedText(input: Input, typed: Readonly<Record<string, string>>, inputs: Inputs): string {
  return typed[input.name] ?? String(inputs[input.name] ?? input.default);
}

/** What is wrong with what was typed. */
export function inputFault(input: Input, text: string): string | undefined {
  if (!isNumber(input)) return undefined;
  const { type, min, max } = input;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) return 'Enter a number.';
  if (type === 'int' && !Number.isInteger(value)) return 'Use a whole number.';
  if (min !== null && value < min) return `At least ${min}.`;
  if (max !== null && value > max) return `At most ${max}.`;
  return undefined;
}

/** The field of one `input.*`. A number reaches `onChange` only while it is one that may be. */
export function InputField({
  input,
  value,
  typed,
  onType,
  onChange,
}: {
  input: Input;
  value: Setting;
  typed: string;
  onType: (text: string) => void;
  onChange: (value: Setting) => void;
}) {
  const label = input.title || input.name;
  if (input.options.length > 0) {
    return (
      <NativeSelect
        label={label}
        value={String(value)}
        data={input.options}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  if (input.type === 'bool') {
    return (
      <Checkbox
        className={styles.check ?? ''}
        label={label}
        checked={value === true || value === 1 || value === 'true'}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    );
  }
  if (input.type === 'string') {
    return (
      <TextField
        label={label}
        value={String(value)}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  return (
    <TextField
      label={label}
      value={typed}
      inputMode={input.type === 'int' ? 'numeric' : 'decimal'}
      error={inputFault(input, typed)}
      onChange={(event) => {
        const text = event.currentTarget.value;
        onType(text);
        if (!inputFault(input, text)) onChange(Number(text));
      }}
    />
  );
}
