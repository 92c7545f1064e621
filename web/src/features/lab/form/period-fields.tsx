import { TextInput } from '@mantine/core';
import { useServerNow } from '@/lib/use-now';
import { ChoiceField } from './fields';
import styles from './form.module.css';
import { boundsOf, dayText, isPeriodName, PERIODS, type Period } from './period';
import type { SettingsFaults } from './settings';

/** Over which days. */
export function PeriodFields({
  period,
  faults,
  onChange,
}: {
  period: Period;
  faults: SettingsFaults;
  onChange: (period: Period) => void;
}) {
  const now = useServerNow(false);
  const take = (name: string) => {
    if (!isPeriodName(name)) return;
    // Whoever goes on to days begins with those of the preset.
    const { from } = boundsOf(period, now);
    const days = name === 'dates' && period.name !== 'dates' ? { from: dayText(from), to: '' } : period;
    onChange({ ...days, name });
  };
  const dates = period.name === 'dates';
  return (
    <>
      <ChoiceField
        label="Period"
        value={period.name}
        choices={PERIODS}
        error={dates ? undefined : (faults.from ?? faults.to)}
        onChange={take}
      />
      {dates && (
        <div className={styles.pairs}>
          <DayField
            label="From (UTC day)"
            value={period.from}
            hint="the first stored"
            error={faults.from}
            onChange={(from) => onChange({ ...period, from })}
          />
          <DayField
            label="To, included"
            value={period.to}
            hint="the newest"
            error={faults.to}
            onChange={(to) => onChange({ ...period, to })}
          />
        </div>
      )}
    </>
  );
}

function DayField({
  label,
  value,
  hint,
  error,
  onChange,
}: {
  label: string;
  value: string;
  hint: string;
  error: string | undefined;
  onChange: (day: string) => void;
}) {
  return (
    <TextInput
      label={label}
      size="xs"
      type="date"
      value={value}
      placeholder={hint}
      error={error}
      errorProps={{ role: 'alert' }}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
