import { Select } from '@mantine/core';
import type { Instrument } from '@/lib/api/schemas';
import { findInstrument, instrumentId, shortName } from '@/lib/market/instrument';
import styles from './symbol-select.module.css';

/** One of the instruments, found by typing. Its value is how an address names it: `BTCUSDT`. */
export function SymbolSelect({
  value,
  all,
  error,
  label = 'Symbol',
  size = 'sm',
  onChange,
}: {
  value: string;
  all: readonly Instrument[];
  error?: string | undefined;
  label?: string;
  size?: 'xs' | 'sm';
  onChange: (name: string) => void;
}) {
  const known = findInstrument(value, all);
  return (
    <Select
      label={label}
      size={size}
      searchable
      allowDeselect={false}
      value={known ? shortName(known, all) : value || null}
      data={all.map((one) => ({ value: shortName(one, all), label: shortName(one, all) }))}
      key={all.length === 0 ? 'loading' : 'loaded'}
      error={error}
      errorProps={{ role: 'alert' }}
      withScrollArea={false}
      classNames={{ options: styles.options ?? '', input: styles.input ?? '' }}
      // Where the box is too narrow for it.
      title={known ? instrumentId(known) : value}
      nothingFoundMessage="No symbol of this name"
      // What is typed then replaces the name instead of being added to it.
      onClick={(event) => event.currentTarget.select()}
      onChange={(name) => name !== null && onChange(name)}
      data-venue={known && instrumentId(known)}
    />
  );
}
