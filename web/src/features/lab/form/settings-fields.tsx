import { Checkbox, NativeSelect } from '@mantine/core';
import { SymbolSelect } from '@/components/symbol-select';
import type { Instrument } from '@/lib/api/schemas';
import type { StrategyItem } from '@/lib/lab/strategy-schemas';
import { findInstrument } from '@/lib/market/instrument';
import { isTimeframe, TIMEFRAMES, timeframeName } from '@/lib/timeframe';
import { CostFields } from './cost-fields';
import { ChoiceField, NumberField } from './fields';
import styles from './form.module.css';
import { InputFields } from './input-fields';
import { PeriodFields } from './period-fields';
import type { LabSettings, SettingsFaults } from './settings';
import { StrategyField } from './strategy-field';

const FILLS = [
  { value: 'next_open', label: 'At the next open' },
  { value: 'close', label: 'At the close that made it' },
] as const;
const INTRABARS = [
  { value: 'pessimistic', label: 'The worse comes first' },
  { value: 'adaptive', label: 'The nearer comes first' },
  { value: 'magnifier', label: 'As the finer bars say' },
] as const;

export interface SettingsFieldsProps {
  readonly settings: LabSettings;
  readonly strategies: readonly StrategyItem[];
  readonly instruments: readonly Instrument[];
  readonly faults: SettingsFaults;
  readonly onChange: (change: Partial<LabSettings>) => void;
  /** Also a sweep has them, where there is no magnifier. */
  readonly magnifier?: boolean;
}

/** All that a test is made of. */
export function SettingsFields(props: SettingsFieldsProps) {
  const { settings, strategies, instruments, faults, onChange, magnifier = true } = props;
  const strategy =
    settings.document === null ? strategies.find((one) => one.name === settings.strategy) : undefined;
  const instrument = findInstrument(settings.symbol, instruments);
  const timeframes = instrument?.timeframes ?? TIMEFRAMES;
  const choose = (name: string) => {
    const next = strategies.find((one) => one.name === name);
    onChange({
      strategy: name,
      version: null,
      document: null,
      inputs: {},
      ...(next && timeframes.includes(next.timeframe) ? { timeframe: next.timeframe } : {}),
    });
  };
  return (
    <>
      <fieldset className={styles.group}>
        <legend>Idea</legend>
        <StrategyField
          value={settings.strategy}
          strategies={strategies}
          unkept={settings.document !== null}
          error={faults.strategy ?? faults.document ?? faults.version}
          onChange={choose}
        />
      </fieldset>
      <fieldset className={styles.group}>
        <legend>Market</legend>
        <div className={styles.pairs}>
          <SymbolSelect
            value={settings.symbol}
            all={instruments}
            size="xs"
            error={faults.symbol}
            onChange={(symbol) => onChange({ symbol })}
          />
          <NativeSelect
            label="Timeframe"
            size="xs"
            value={settings.timeframe}
            data={timeframes.map((value) => ({ value, label: timeframeName(value) }))}
            error={faults.timeframe}
            errorProps={{ role: 'alert' }}
            onChange={(event) => {
              const { value } = event.currentTarget;
              if (isTimeframe(value)) onChange({ timeframe: value });
            }}
          />
        </div>
        <PeriodFields period={settings.period} faults={faults} onChange={(period) => onChange({ period })} />
      </fieldset>
      <fieldset className={styles.group}>
        <legend>Inputs</legend>
        <InputFields
          inputs={strategy?.inputs ?? []}
          typed={settings.inputs}
          faults={faults}
          onChange={(inputs) => onChange({ inputs })}
        />
      </fieldset>
      <fieldset className={styles.group}>
        <legend>Costs</legend>
        <CostFields settings={settings} faults={faults} onChange={onChange} />
      </fieldset>
      <fieldset className={styles.group}>
        <legend>Account and fills</legend>
        <div className={styles.pairs}>
          <NumberField
            label="Capital"
            value={settings.capital}
            unit={instrument?.quote ?? null}
            error={faults.capital}
            onChange={(capital) => onChange({ capital })}
          />
          <ChoiceField
            label="Orders fill"
            value={settings.fill}
            choices={FILLS}
            error={faults.fill}
            onChange={(fill) => onChange({ fill })}
          />
          <ChoiceField
            label="Inside a bar"
            value={settings.intrabar}
            choices={magnifier ? INTRABARS : INTRABARS.filter((one) => one.value !== 'magnifier')}
            error={faults.intrabar}
            onChange={(intrabar) => onChange({ intrabar })}
          />
        </div>
        <Checkbox
          size="xs"
          label="Protections"
          description="Pauses after losses and stops; halts after a deep drawdown or a bad day."
          checked={settings.protections}
          onChange={(event) => onChange({ protections: event.currentTarget.checked })}
        />
        <Checkbox
          size="xs"
          label="Close what is open at the end"
          checked={settings.closeAtEnd}
          onChange={(event) => onChange({ closeAtEnd: event.currentTarget.checked })}
        />
      </fieldset>
    </>
  );
}
