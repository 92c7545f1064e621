import type { Instrument } from '@/lib/api/schemas';
import type { Brand } from '@/lib/brand';

/** `binance:BTCUSDT`: what names an instrument everywhere in the dashboard. */
export type InstrumentId = Brand<string, 'InstrumentId'>;

export function instrumentId(of: { readonly venue: string; readonly symbol: string }): InstrumentId {
  return `${of.venue}:${of.symbol}` as InstrumentId;
}

/**
 * How an instrument is written in the address bar: `BTCUSDT`, or in full where a bare name could mean another.
 * The followed one of several is the one a bare name means.
 */
export function shortName(instrument: Instrument, all: readonly Instrument[]): string {
  const namesakes = all.filter((other) => other.symbol === instrument.symbol);
  const bare =
    namesakes.length === 1 || (instrument.followed && namesakes.filter((n) => n.followed).length === 1);
  return bare ? instrument.symbol : instrumentId(instrument);
}

/** The instrument that a name from the address bar means, in any case. Undefined when there is none. */
export function findInstrument(name: string, all: readonly Instrument[]): Instrument | undefined {
  const wanted = name.toLowerCase();
  const matches = all.filter((one) =>
    wanted.includes(':') ? instrumentId(one).toLowerCase() === wanted : one.symbol.toLowerCase() === wanted,
  );
  return matches.find((one) => one.followed) ?? matches[0];
}

/** Those whose symbol, base, quote or venue holds every word of `query`; those that start with it come first. */
export function searchInstruments(query: string, all: readonly Instrument[]): readonly Instrument[] {
  const words = query
    .toLowerCase()
    .split(/[\s/:]+/)
    .filter(Boolean);
  if (words.length === 0) return all;
  const found = all.filter((one) => {
    const text = `${one.symbol} ${one.base} ${one.quote} ${one.venue}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const starts = (one: Instrument) => one.symbol.toLowerCase().startsWith(words[0] ?? '');
  return [...found.filter(starts), ...found.filter((one) => !starts(one))];
}

/** Symbols of `all` nearest to a mistyped name, by how many letters must be changed; at most `count`. */
export function nearestSymbols(
  name: string,
  all: readonly Instrument[],
  count: number,
): readonly Instrument[] {
  const wanted = (name.split(':').at(-1) ?? name).toUpperCase();
  return all
    .map((one) => ({ one, distance: editDistance(wanted, one.symbol) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, count)
    .map(({ one }) => one);
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
