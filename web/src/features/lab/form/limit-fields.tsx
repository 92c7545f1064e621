import { useState } from 'react';
import { useFormats } from '@/lib/formats';
import { NumberField } from './fields';
import styles from './form.module.css';
import { ALL_PERCENT, equalShare, hasLimits, LIMIT_FIELDS, type LimitTexts } from './limits';
import { readNumber } from './numbers';
import type { SettingsFaults } from './settings';

/** What the account may have open at once. Of one symbol it is seldom asked for: it is folded away. */
export function LimitFields({
  limits,
  symbols,
  faults,
  onChange,
}: {
  limits: LimitTexts;
  /** How many share the account. */
  symbols: number;
  faults: SettingsFaults;
  onChange: (limits: LimitTexts) => void;
}) {
  const formats = useFormats();
  const wrong = LIMIT_FIELDS.some((name) => faults[name] !== undefined);
  const [open, setOpen] = useState(false);
  const several = symbols > 1;
  const share = equalShare(limits, symbols);
  const borrowed = (readNumber(limits.exposure) ?? 0) > ALL_PERCENT;
  const set = (part: Partial<LimitTexts>) => onChange({ ...limits, ...part });
  const fields = (
    <>
      <div className={styles.pairs}>
        <NumberField
          label="Open at once"
          value={limits.positions}
          hint={String(Math.max(1, symbols))}
          error={faults.max_positions}
          step={1}
          onChange={(positions) => set({ positions })}
        />
        <NumberField
          label="All positions"
          value={limits.exposure}
          hint={String(ALL_PERCENT)}
          unit="%"
          error={faults.exposure_percent}
          step={10}
          onChange={(exposure) => set({ exposure })}
        />
        <NumberField
          label="Each symbol"
          value={limits.symbolExposure}
          hint={share === null ? '' : formats.formatFixed(share, Number.isInteger(share) ? 0 : 2)}
          unit="%"
          error={faults.symbol_exposure_percent}
          step={5}
          onChange={(symbolExposure) => set({ symbolExposure })}
        />
      </div>
      <p className={styles.fine}>
        How many positions, and what they may be worth at most, in percent of the equity.
        {several && ' Each symbol has an equal share, unless you say otherwise.'}
        {borrowed && ' What is over 100 % is borrowed money.'}
      </p>
    </>
  );
  if (several) {
    return (
      <fieldset className={styles.group}>
        <legend>Account limits</legend>
        {fields}
      </fieldset>
    );
  }
  return (
    <details
      className={styles.limits}
      open={open || wrong || hasLimits(limits)}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>Account limits</summary>
      <div className={styles.limitsBody}>{fields}</div>
    </details>
  );
}
