import { Checkbox, NativeSelect } from '@mantine/core';
import { PracticeBadge } from '@/components/practice-badge';
import type { Instrument } from '@/lib/api/schemas';
import type { StrategyItem } from '@/lib/lab/strategy-schemas';
import { splitSymbols } from '@/lib/lab/symbols';
import { findInstrument } from '@/lib/market/instrument';
import { isTimeframe, TIMEFRAMES, timeframeName } from '@/lib/timeframe';
import { CostFields } from './cost-fields';
import { ChoiceField, NumberField } from './fields';
import styles from './form.module.css';
import { InputFields } from './input-fields';
import { LimitFields } from './limit-fields';
import { PeriodFields } from './period-fields';
import type { LabSettings, SettingsFaults } from './settings';
import { StrategyField } from './strategy-field';
import { SymbolsField } from './symbols-field';
import { useStrategyOf } from './use-strategy';

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
}

/** All that a test is made of. */
export function SettingsFields(props: SettingsFieldsProps) {
  const { settings, strategies, instruments, faults, onChange } = props;
  const strategy = useStrategyOf(settings, strategies);
  const symbols = splitSymbols(settings.symbol);
  const chosen = symbols.flatMap((symbol) => findInstrument(symbol, instruments) ?? []);
  // What all of them have; what was chosen before stays, for the server says what it lacks.
  const timeframes = TIMEFRAMES.filter(
    (one) => one === settings.timeframe || chosen.every(({ timeframes: own }) => own.includes(one)),
  );
  const quotes = new Set(chosen.map((one) => one.quote));
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
  const timeframe = (
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
  );
  const limits = (
    <LimitFields
      limits={settings.limits}
      symbols={symbols.length}
      faults={faults}
      onChange={(next) => onChange({ limits: next })}
    />
  );
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
        <SymbolsField
          value={settings.symbol}
          all={instruments}
          error={faults.symbol}
          beside={timeframe}
          onChange={(symbol) => onChange({ symbol })}
        />
        {chosen.some((one) => one.practice) && (
          <p className={styles.fine}>
            <PracticeBadge market="practice" short /> These prices are invented: a test says nothing of a real
            market.
          </p>
        )}
        <PeriodFields period={settings.period} faults={faults} onChange={(period) => onChange({ period })} />
      </fieldset>
      {symbols.length > 1 && limits}
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
            unit={(quotes.size === 1 && chosen[0]?.quote) || null}
            error={faults.capital}
            onChange={(capital) => onChange({ capital })}
          />
        </div>
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
          choices={INTRABARS}
          error={faults.intrabar}
          onChange={(intrabar) => onChange({ intrabar })}
        />
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
        {symbols.length < 2 && limits}
      </fieldset>
    </>
  );
}
