import { NativeSelect, TextInput } from '@mantine/core';
import styles from './form.module.css';

/** A number with its unit. What is typed is text until it is sent. */
export function NumberField({
  label,
  value,
  hint,
  unit,
  error,
  about,
  step,
  onChange,
}: {
  label: string;
  value: string;
  /** What holds while nothing is typed. */
  hint?: string;
  unit?: string | null;
  error?: string | undefined;
  about?: string;
  /** What the arrow keys change it by; without it they do nothing. */
  step?: number | null;
  onChange: (text: string) => void;
}) {
  return (
    <TextInput
      label={label}
      size="xs"
      value={value}
      placeholder={hint}
      inputMode="decimal"
      autoComplete="off"
      classNames={{ input: styles.number ?? '' }}
      description={about}
      error={error}
      errorProps={{ role: 'alert' }}
      rightSection={unit ? <span className={styles.unit}>{unit}</span> : undefined}
      rightSectionWidth={unit ? 18 + unit.length * 7 : 10}
      rightSectionPointerEvents="none"
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (!step || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
        event.preventDefault();
        // From what holds now.
        const from = value === '' && Number.isFinite(Number(hint)) ? (hint ?? '') : value;
        onChange(stepped(from, event.key === 'ArrowUp' ? step : -step));
      }}
    />
  );
}

/** A number and so much, without the digits that binary fractions leave. */
export function stepped(text: string, by: number): string {
  const value = Number(text.replace(',', '.'));
  if (text.trim() === '' || !Number.isFinite(value)) return text;
  return String(Number((value + by).toPrecision(12)));
}

/** One of a few things, each with its name. */
export function ChoiceField<T extends string>({
  label,
  value,
  choices,
  error,
  about,
  onChange,
}: {
  label: string;
  value: T;
  choices: readonly { readonly value: T; readonly label: string }[];
  error?: string | undefined;
  about?: string | undefined;
  onChange: (value: T) => void;
}) {
  return (
    <NativeSelect
      label={label}
      size="xs"
      value={value}
      data={choices.map(({ value: one, label: name }) => ({ value: one, label: name }))}
      description={about}
      error={error}
      errorProps={{ role: 'alert' }}
      onChange={(event) => {
        const chosen = choices.find((one) => one.value === event.currentTarget.value);
        if (chosen) onChange(chosen.value);
      }}
    />
  );
}
