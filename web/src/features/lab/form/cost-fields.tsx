import { COMMISSIONS, type Cost, type CostChoice, costChoice, FUNDINGS, SLIPPAGES } from './costs';
import { ChoiceField, NumberField } from './fields';
import styles from './form.module.css';
import type { LabSettings, SettingsFaults } from './settings';

/** What trading costs. */
export function CostFields({
  settings,
  faults,
  onChange,
}: {
  settings: LabSettings;
  faults: SettingsFaults;
  onChange: (change: Partial<LabSettings>) => void;
}) {
  return (
    <>
      <CostField
        label="Commission"
        rate="Rate"
        choices={COMMISSIONS}
        cost={settings.commission}
        error={faults.commission}
        onChange={(commission) => onChange({ commission })}
      />
      <CostField
        label="Slippage"
        rate="Size"
        choices={SLIPPAGES}
        cost={settings.slippage}
        error={faults.slippage}
        onChange={(slippage) => onChange({ slippage })}
      />
      <CostField
        label="Funding"
        rate="Rate"
        choices={FUNDINGS}
        cost={settings.funding}
        error={faults.funding}
        onChange={(funding) => onChange({ funding })}
      />
    </>
  );
}

function CostField({
  label,
  rate,
  choices,
  cost,
  error,
  onChange,
}: {
  label: string;
  /** What its number is called. */
  rate: string;
  choices: readonly CostChoice[];
  cost: Cost;
  error: string | undefined;
  onChange: (cost: Cost) => void;
}) {
  const choice = costChoice(choices, cost.kind);
  const numbered = choice !== undefined && choice.unit !== null;
  return (
    <div className={styles.cost}>
      <div className={styles.pairs}>
        <ChoiceField
          label={label}
          value={cost.kind}
          choices={
            choice
              ? choices.map(({ kind, label: name }) => ({ value: kind, label: name }))
              : [
                  { value: cost.kind, label: cost.kind },
                  ...choices.map((one) => ({ value: one.kind, label: one.label })),
                ]
          }
          error={numbered ? undefined : error}
          onChange={(kind) => onChange({ kind, value: costChoice(choices, kind)?.first ?? '' })}
        />
        {numbered && (
          <NumberField
            label={rate}
            value={cost.value}
            unit={choice.unit}
            error={error}
            onChange={(value) => onChange({ kind: cost.kind, value })}
          />
        )}
      </div>
      {choice && <p className={styles.fine}>{choice.about}</p>}
    </div>
  );
}
