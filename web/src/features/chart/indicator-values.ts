import type { EvalAnswer, Plot, ValuesEvent } from '@/lib/language/types';
import { type UnixMs, unixMs } from '@/lib/time';

/** The values of one expression over the bars of one chart, as far as they are loaded. Never changed in place. */
export interface IndicatorValues {
  readonly plots: readonly Plot[];
  /** Open times of closed bars, rising. */
  readonly times: readonly UnixMs[];
  /** One a plot, each as long as `times`; null: no value. */
  readonly columns: readonly (readonly (number | null)[])[];
  /** What stands at the forming bar, and may still change. */
  readonly provisional: { readonly time: UnixMs; readonly values: readonly (number | null)[] } | null;
}

export const NO_VALUES: IndicatorValues = { plots: [], times: [], columns: [], provisional: null };

/** The index of the first time that is not before `time`. */
export function firstAtOrAfter(times: readonly UnixMs[], time: UnixMs): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

function stillAhead(
  provisional: IndicatorValues['provisional'],
  last: UnixMs,
): IndicatorValues['provisional'] {
  return provisional && provisional.time > last ? provisional : null;
}

/** Puts an answer in: it replaces what is known between its first and its last bar. */
export function applyAnswer(known: IndicatorValues, answer: EvalAnswer): IndicatorValues {
  const plots = answer.plots.map(({ values: _, ...plot }) => plot);
  const incoming = answer.plots.map((plot) => plot.values);
  const [first, last] = [answer.times[0], answer.times.at(-1)];
  // Another shape is another text: nothing of the old one is right.
  const base = known.plots.length === plots.length ? known : NO_VALUES;
  if (first === undefined || last === undefined) return { ...base, plots };
  const before = firstAtOrAfter(base.times, first);
  const after = firstAtOrAfter(base.times, unixMs(last + 1));
  const times = [...base.times.slice(0, before), ...answer.times, ...base.times.slice(after)];
  const columns = incoming.map((column, plot) => {
    const old = base.columns[plot] ?? [];
    return [...old.slice(0, before), ...column, ...old.slice(after)];
  });
  return { plots, times, columns, provisional: stillAhead(base.provisional, times.at(-1) ?? last) };
}

/** Folds one live message in. */
export function applyValues(
  known: IndicatorValues,
  event: Pick<ValuesEvent, 'time' | 'provisional' | 'values'>,
): IndicatorValues {
  const { time, values } = event;
  if (values.length !== known.plots.length) return known;
  const last = known.times.at(-1);
  if (event.provisional) {
    if ((last !== undefined && time <= last) || time < (known.provisional?.time ?? 0)) return known;
    return { ...known, provisional: { time, values } };
  }
  const at = firstAtOrAfter(known.times, time);
  // A bar of before what is loaded comes with the page that holds it.
  if (at === 0 && known.times.length > 0 && known.times[0] !== time) return known;
  const replaced = known.times[at] === time ? 1 : 0;
  const times = known.times.toSpliced(at, replaced, time);
  const columns = known.columns.map((column, plot) => column.toSpliced(at, replaced, values[plot] ?? null));
  return { ...known, times, columns, provisional: stillAhead(known.provisional, times.at(-1) ?? time) };
}

/** What stands at a bar; null: it is not loaded, or there is none. */
export function valuesAt(
  known: IndicatorValues,
  time: UnixMs | null,
): { readonly values: readonly (number | null)[]; readonly provisional: boolean } | null {
  const { provisional, times, columns } = known;
  const wanted = time ?? provisional?.time ?? times.at(-1);
  if (wanted === undefined) return null;
  if (provisional?.time === wanted) return { values: provisional.values, provisional: true };
  const at = firstAtOrAfter(times, wanted);
  if (times[at] !== wanted) return null;
  return { values: columns.map((column) => column[at] ?? null), provisional: false };
}
