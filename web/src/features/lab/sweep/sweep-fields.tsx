import { Checkbox, TextInput } from '@mantine/core';
import { useFormats } from '@/lib/formats';
import type { StrategyInput } from '@/lib/lab/strategy-schemas';
import { ChoiceField, NumberField } from '../form/fields';
import styles from '../form/form.module.css';
import { rangeText } from '../form/input-fields';
import type { SettingsFaults } from '../form/settings';
import { axisValues, cellCount, suggestedAxis } from './axes';
import own from './sweep.module.css';
import { OBJECTIVES, SEARCHES, type SweepSettings } from './sweep-settings';

/** What is tried, how, and by what it is judged. */
export function SweepFields({
  inputs,
  sweep,
  faults,
  onChange,
}: {
  inputs: readonly StrategyInput[];
  sweep: SweepSettings;
  faults: SettingsFaults;
  onChange: (change: Partial<SweepSettings>) => void;
}) {
  const formats = useFormats();
  const cells = cellCount(
    inputs,
    Object.fromEntries(
      Object.entries(sweep.axes).filter(([name]) => inputs.some((one) => one.name === name)),
    ),
  );
  const setAxis = (name: string, text: string | null) => {
    const { [name]: _, ...others } = sweep.axes;
    onChange({ axes: text === null ? others : { ...sweep.axes, [name]: text } });
  };
  return (
    <>
      <fieldset className={styles.group}>
        <legend>What is swept</legend>
        {inputs.map((input) => (
          <AxisField
            key={input.name}
            input={input}
            text={sweep.axes[input.name] ?? null}
            error={faults[`axes.${input.name}`]}
            onChange={(text) => setAxis(input.name, text)}
          />
        ))}
        {inputs.length === 0 && <p className={styles.fine}>This strategy has no inputs to sweep.</p>}
        {faults.axes && (
          <p className={own.fault} role="alert">
            {faults.axes}
          </p>
        )}
        <p className={styles.fine} role="status">
          {cells === null
            ? 'Tick an input, and say which values.'
            : `${formats.formatCount(cells)} cells in all.`}
        </p>
      </fieldset>
      <fieldset className={styles.group}>
        <legend>How</legend>
        <div className={styles.pairs}>
          <ChoiceField
            label="Search"
            value={sweep.search}
            choices={SEARCHES}
            error={faults.search}
            onChange={(search) => onChange({ search })}
          />
          {sweep.search !== 'grid' && (
            <NumberField
              label="Trials"
              value={sweep.trials}
              error={faults.trials}
              step={50}
              onChange={(trials) => onChange({ trials })}
            />
          )}
          <ChoiceField
            label="What is to be high"
            value={sweep.objective}
            choices={OBJECTIVES}
            error={faults.objective}
            onChange={(objective) => onChange({ objective })}
          />
        </div>
      </fieldset>
      <fieldset className={styles.group}>
        <legend>Walk forward</legend>
        <Checkbox
          size="xs"
          label="Judge each best on the time after it"
          description="The period is cut into steps: what was best in one stretch is traded in the next."
          checked={sweep.folds !== ''}
          onChange={(event) => onChange({ folds: event.currentTarget.checked ? '6' : '' })}
        />
        {sweep.folds !== '' && (
          <div className={styles.pairs}>
            <NumberField
              label="Steps"
              value={sweep.folds}
              error={faults.folds}
              step={1}
              onChange={(folds) => onChange({ folds: folds === '' ? ' ' : folds })}
            />
            <ChoiceField
              label="Training"
              value={sweep.walkForward}
              choices={[
                { value: 'rolling', label: 'Moves along' },
                { value: 'anchored', label: 'From the begin on' },
              ]}
              onChange={(walkForward) => onChange({ walkForward })}
            />
            <NumberField
              label="Purge"
              value={sweep.purge}
              hint="0"
              unit="bars"
              about="Left out at the end of each training."
              error={faults.purge}
              step={1}
              onChange={(purge) => onChange({ purge })}
            />
            <NumberField
              label="Embargo"
              value={sweep.embargo}
              hint="0"
              unit="bars"
              about="Further ones left out before each test."
              error={faults.embargo}
              step={1}
              onChange={(embargo) => onChange({ embargo })}
            />
          </div>
        )}
      </fieldset>
    </>
  );
}

function AxisField({
  input,
  text,
  error,
  onChange,
}: {
  input: StrategyInput;
  /** Null: it is not swept. */
  text: string | null;
  error: string | undefined;
  onChange: (text: string | null) => void;
}) {
  const label = input.title || input.name;
  const read = text === null ? null : axisValues(input, text);
  const count = read && 'values' in read ? read.values.length : null;
  const numbers = input.type === 'int' || input.type === 'float';
  return (
    <div>
      <Checkbox
        size="xs"
        label={label}
        checked={text !== null}
        onChange={(event) => onChange(event.currentTarget.checked ? suggestedAxis(input) : null)}
      />
      {text !== null && (
        <TextInput
          aria-label={`Values of ${label}`}
          size="xs"
          className={own.axis ?? ''}
          value={text}
          autoComplete="off"
          spellCheck={false}
          description={
            numbers
              ? `from:to:step or 5,10,20; ${rangeText(input)}${count === null ? '' : ` · ${count} values`}`
              : `of ${input.options.join(', ') || 'true, false'}`
          }
          error={error}
          errorProps={{ role: 'alert' }}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </div>
  );
}
