import { NativeSelect, Select } from '@mantine/core';
import { useMemo } from 'react';
import { Section } from '@/components/page-frame';
import { ProblemNote } from '@/components/problem-note';
import { NUMBER_FORMATS, type NumberFormat, type Settings, THEMES } from '@/lib/api/account-schemas';
import { useFormats } from '@/lib/formats';
import { findInstrument, instrumentId, shortName } from '@/lib/market/instrument';
import { useInstruments } from '@/lib/market/use-instruments';
import { makeNumbers } from '@/lib/numbers';
import { useSaveSettings, useSettings } from '@/lib/settings/use-settings';
import { useServerNow } from '@/lib/use-now';
import { deviceZone } from '@/lib/zone';
import styles from './account.module.css';
import { zoneOptions } from './zone-options';

const THEME_NAMES = { auto: 'As the system', light: 'Light', dark: 'Dark' } as const;

function numberName(format: NumberFormat): string {
  return format === 'auto' ? `As this device: ${makeNumbers('auto').formatFixed(1234.56, 2)}` : format;
}

/** How times and numbers are shown. A choice holds at once, everywhere; the server keeps it. */
export function SettingsForm() {
  const { settings } = useSettings();
  const save = useSaveSettings();
  const change = (part: Partial<Settings>) => save.mutate(part);
  return (
    <Section
      title="Settings"
      about="They hold at once, on every device where you are signed in. The API itself always speaks UTC."
    >
      <form
        className={styles.stack}
        aria-label="Settings"
        aria-busy={save.isPending}
        onSubmit={(event) => event.preventDefault()}
      >
        <div className={styles.grid}>
          <ZoneField value={settings.time_zone} onChange={(time_zone) => change({ time_zone })} />
          <NativeSelect
            label="Numbers"
            value={settings.number_format}
            data={NUMBER_FORMATS.map((value) => ({ value, label: numberName(value) }))}
            onChange={(event) => change({ number_format: event.currentTarget.value as NumberFormat })}
          />
          <NativeSelect
            label="Theme"
            value={settings.theme}
            data={THEMES.map((value) => ({ value, label: THEME_NAMES[value] }))}
            onChange={(event) => change({ theme: event.currentTarget.value as Settings['theme'] })}
          />
          <SymbolField
            value={settings.default_symbol}
            onChange={(default_symbol) => change({ default_symbol })}
          />
        </div>
        <Sample />
        {save.error && <ProblemNote>Not saved: {save.error.message}</ProblemNote>}
      </form>
    </Section>
  );
}

function ZoneField({ value, onChange }: { value: string; onChange: (zone: string) => void }) {
  const now = useServerNow(false);
  const options = useMemo(() => zoneOptions(now, deviceZone(), value), [now, value]);
  return (
    <Select
      label="Time zone"
      searchable
      allowDeselect={false}
      value={value}
      data={options}
      withScrollArea={false}
      classNames={{ options: styles.options ?? '' }}
      nothingFoundMessage="No zone of this name"
      // What is typed then replaces the name instead of being added to it.
      onClick={(event) => event.currentTarget.select()}
      onChange={(zone) => zone !== null && onChange(zone)}
    />
  );
}

const LAST_SHOWN = '';

function SymbolField({
  value,
  onChange,
}: {
  value: string | null;
  onChange: (symbol: string | null) => void;
}) {
  const { data: all = [] } = useInstruments();
  const chosen = value === null ? undefined : findInstrument(value, all);
  const options = [
    { value: LAST_SHOWN, label: 'What was shown last' },
    ...all.map((one) => ({ value: instrumentId(one) as string, label: shortName(one, all) })),
    // One that the server no longer knows is still what is set.
    ...(value !== null && !chosen ? [{ value, label: `${value} (not known here now)` }] : []),
  ];
  return (
    <NativeSelect
      label="The desk opens with"
      value={chosen ? instrumentId(chosen) : (value ?? LAST_SHOWN)}
      data={options}
      onChange={({ currentTarget }) =>
        onChange(currentTarget.value === LAST_SHOWN ? null : currentTarget.value)
      }
    />
  );
}

/** What the settings come to. */
function Sample() {
  const now = useServerNow();
  const formats = useFormats();
  return (
    <dl className={styles.sample} aria-label="How it looks">
      <dt>Now</dt>
      <dd>
        {formats.formatDay(now)} {formats.formatClock(now, true)}, {formats.formatOffset(now)}
      </dd>
      <dt>Numbers</dt>
      <dd>
        {formats.formatPrice(87_610.05, '0.01')} · {formats.formatPrice(0.00001234, '0.00000001')} ·{' '}
        {formats.formatChange(-0.0124)} · {formats.formatVolume(10_412.77)}
      </dd>
    </dl>
  );
}
