import { Button, Checkbox } from '@mantine/core';
import type { StrategyInput } from '@/lib/lab/strategy-schemas';
import { isTimeframe, timeframeName } from '@/lib/timeframe';
import { ChoiceField, NumberField } from './fields';
import styles from './form.module.css';
import type { SettingsFaults } from './settings';
import { textOf } from './settings';

/** The settings of a strategy, as it describes them. */
export function InputFields({
  inputs,
  typed,
  faults,
  onChange,
}: {
  inputs: readonly StrategyInput[];
  /** By name; what is not there is the default. */
  typed: Readonly<Record<string, string>>;
  faults: SettingsFaults;
  onChange: (typed: Readonly<Record<string, string>>) => void;
}) {
  if (inputs.length === 0) return <p className={styles.fine}>This strategy has no inputs.</p>;
  const changed = inputs.some(({ name, default: first }) => (typed[name] ?? textOf(first)) !== textOf(first));
  return (
    <>
      <div className={styles.pairs}>
        {inputs.map((input) => (
          <InputField
            key={input.name}
            input={input}
            value={typed[input.name] ?? textOf(input.default)}
            error={faults[`inputs.${input.name}`]}
            onChange={(value) => onChange({ ...typed, [input.name]: value })}
          />
        ))}
      </div>
      <Button
        size="compact-xs"
        variant="default"
        className={styles.reset ?? ''}
        disabled={!changed}
        onClick={() => onChange({})}
      >
        Reset to defaults
      </Button>
    </>
  );
}

function InputField({
  input,
  value,
  error,
  onChange,
}: {
  input: StrategyInput;
  value: string;
  error: string | undefined;
  onChange: (text: string) => void;
}) {
  const label = input.title || input.name;
  if (input.type === 'bool') {
    return (
      <Checkbox
        label={label}
        size="xs"
        checked={value === 'true'}
        error={error}
        onChange={(event) => onChange(String(event.currentTarget.checked))}
      />
    );
  }
  if (input.type === 'int' || input.type === 'float') {
    return (
      <NumberField
        label={label}
        value={value}
        error={error}
        about={rangeText(input)}
        step={input.step ?? (input.type === 'int' ? 1 : null)}
        onChange={onChange}
      />
    );
  }
  const choices = input.options.map((one) => ({
    value: one,
    label: input.type === 'timeframe' && isTimeframe(one) ? timeframeName(one) : one,
  }));
  return <ChoiceField label={label} value={value} choices={choices} error={error} onChange={onChange} />;
}

/** `2 to 200`. */
export function rangeText({ min, max }: Pick<StrategyInput, 'min' | 'max'>): string {
  if (min !== null && max !== null) return `${min} to ${max}`;
  return min !== null ? `at least ${min}` : max !== null ? `at most ${max}` : 'any number';
}
