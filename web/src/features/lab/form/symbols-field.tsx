import { Select } from '@mantine/core';
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { CrossIcon, PlusIcon } from '@/components/icons';
import { SymbolSelect } from '@/components/symbol-select';
import type { Instrument } from '@/lib/api/schemas';
import { joinSymbols, SYMBOLS_MAX, splitSymbols } from '@/lib/lab/symbols';
import { findInstrument, searchInstruments, shortName } from '@/lib/market/instrument';
import styles from './form.module.css';

/** What is focused once the next drawing is there: what had the focus may be gone. */
type Focus = { readonly kind: 'add' } | { readonly kind: 'remove'; readonly at: number };

/** One symbol, as simple as one; or several that share the account. */
export function SymbolsField({
  value,
  all,
  error,
  beside,
  onChange,
}: {
  /** With commas between them. */
  value: string;
  all: readonly Instrument[];
  error: string | undefined;
  /** The field that stands to the right. */
  beside: ReactNode;
  onChange: (value: string) => void;
}) {
  const symbols = splitSymbols(value);
  const [adding, setAdding] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const focus = useRef<Focus | null>(null);
  useEffect(() => {
    const wanted = focus.current;
    if (!wanted) return;
    focus.current = null;
    const removes = box.current?.querySelectorAll<HTMLElement>('[data-remove]') ?? [];
    const target = wanted.kind === 'remove' ? (removes[wanted.at] ?? removes[removes.length - 1]) : null;
    (target ?? box.current?.querySelector<HTMLElement>('input'))?.focus();
  });
  const change = (next: readonly string[], then: Focus) => {
    focus.current = then;
    setAdding(false);
    onChange(joinSymbols(next));
  };
  const add = (names: readonly string[]) =>
    change([...new Set([...symbols, ...names])].slice(0, SYMBOLS_MAX), { kind: 'add' });

  if (symbols.length < 2) {
    return (
      <div ref={box} className={styles.symbols}>
        <div className={`${styles.pairs} ${styles.market}`}>
          <SymbolSelect value={value} all={all} size="xs" error={error} onChange={onChange} />
          {beside}
        </div>
        {adding ? (
          <AddSymbol symbols={symbols} all={all} autoFocus onAdd={add} onLeave={() => setAdding(false)} />
        ) : (
          symbols.length === 1 && (
            <button type="button" className={styles.textButton} onClick={() => setAdding(true)}>
              <PlusIcon /> Add a symbol to the account
            </button>
          )
        )}
      </div>
    );
  }
  const [first = ''] = symbols;
  return (
    <div ref={box} className={styles.symbols}>
      <div className={styles.symbolsHead}>
        <span>Symbols</span>
        <span role="status">{symbols.length} in one account</span>
      </div>
      <ul className={styles.chips} aria-label="Symbols of the test">
        {symbols.map((symbol, at) => (
          <li key={symbol}>
            <span>{symbol}</span>
            <button
              type="button"
              data-remove
              aria-label={`Remove ${symbol}`}
              onClick={() =>
                change(
                  symbols.filter((one) => one !== symbol),
                  { kind: 'remove', at },
                )
              }
            >
              <CrossIcon />
            </button>
          </li>
        ))}
      </ul>
      {symbols.length > 4 && (
        <button type="button" className={styles.textButton} onClick={() => change([first], { kind: 'add' })}>
          Keep only {first}
        </button>
      )}
      <div className={`${styles.pairs} ${styles.market}`}>
        <AddSymbol symbols={symbols} all={all} error={error} onAdd={add} />
        {beside}
      </div>
    </div>
  );
}

/** Finds one more by typing; a list with commas, as it may be pasted, adds all that are known. */
function AddSymbol({
  symbols,
  all,
  error,
  autoFocus = false,
  onAdd,
  onLeave,
}: {
  symbols: readonly string[];
  all: readonly Instrument[];
  error?: string | undefined;
  autoFocus?: boolean;
  onAdd: (names: readonly string[]) => void;
  onLeave?: () => void;
}) {
  const [typed, setTyped] = useState('');
  const full = symbols.length >= SYMBOLS_MAX;
  const names = searchInstruments(typed, all)
    .map((one) => shortName(one, all))
    .filter((name) => !symbols.includes(name));
  const type = (text: string) => {
    if (!/[,;]/.test(text)) return setTyped(text);
    const parts = text.split(/[\s,;]+/).filter(Boolean);
    const found = parts.map((part) => findInstrument(part, all));
    setTyped(parts.filter((_, i) => !found[i]).join(' '));
    const known = found.filter((one) => one !== undefined).map((one) => shortName(one, all));
    if (known.length > 0) onAdd(known);
  };
  const pick = (name: string) => {
    setTyped('');
    onAdd([name]);
  };
  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
    // It takes a symbol here, and does not send the form.
    event.preventDefault();
    const list = document.getElementById(event.currentTarget.getAttribute('aria-controls') ?? '');
    const [first] = names;
    // Typed faster than the list opens: nothing in it is marked yet.
    if (typed.trim() !== '' && first && !list?.querySelector('[data-combobox-selected]')) pick(first);
  };
  return (
    <Select
      label="Add a symbol"
      size="xs"
      searchable
      value={null}
      data={names}
      // They are found already, by the words of the search.
      filter={({ options }) => options}
      disabled={full}
      placeholder={full ? `At most ${SYMBOLS_MAX}` : 'Search…'}
      autoFocus={autoFocus}
      searchValue={typed}
      onSearchChange={type}
      selectFirstOptionOnChange
      error={error}
      errorProps={{ role: 'alert' }}
      withScrollArea={false}
      classNames={{ options: styles.options ?? '' }}
      nothingFoundMessage="No other symbol of this name"
      onKeyDown={press}
      onChange={(name) => name !== null && pick(name)}
      onBlur={onLeave}
    />
  );
}
