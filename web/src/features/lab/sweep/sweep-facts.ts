import type { Formats } from '@/lib/formats';
import type { Sweep, SweepAxis, SweepCell } from '@/lib/lab/sweep-schemas';
import { splitSymbols } from '@/lib/lab/symbols';
import { timeframeName } from '@/lib/timeframe';
import { COMMISSIONS, costWords, FUNDINGS, SLIPPAGES } from '../form/costs';
import { inputsText, isForbidden, objectiveName } from './sweep-words';

const SEARCH_WORDS = { grid: 'every cell', random: 'cells at random', tpe: 'a guided search (TPE)' } as const;
/** Values of an axis that are named one by one. */
const NAMED_MAX = 5;

/** What a sweep is of, a line each: the market, what was tried, the account and its costs. */
export function sweepFacts(sweep: Sweep, formats: Formats): readonly string[] {
  return [marketLine(sweep, formats), triedLine(sweep, formats), accountLine(sweep, formats)];
}

function marketLine(sweep: Sweep, formats: Formats): string {
  const { from, to, bars, warm_up_bars: before } = sweep;
  const fixed = Object.entries(sweep.request.inputs ?? {}).filter(([name]) => !(name in sweep.request.axes));
  return [
    `${sweep.strategy}${sweep.version === null ? '' : ` version ${sweep.version}`}`,
    `${splitSymbols(sweep.symbol).join(', ')} (${sweep.venue})`,
    timeframeName(sweep.timeframe),
    from != null && to != null && `${formats.formatDay(from)} to ${formats.formatDay(to)}`,
    bars != null &&
      `${formats.formatCount(bars)} bars${before ? ` after ${formats.formatCount(before)} to warm up` : ''}`,
    fixed.length > 0 && inputsText(Object.fromEntries(fixed)),
  ]
    .filter(Boolean)
    .join(' · ');
}

function triedLine(sweep: Sweep, formats: Formats): string {
  const { folds, search, skipped } = sweep;
  const how = search in SEARCH_WORDS ? SEARCH_WORDS[search as keyof typeof SEARCH_WORDS] : search;
  const left = skipped > 0 ? `, ${formats.formatCount(skipped)} left out by its conditions` : '';
  return [
    `${how} of ${sweep.axes.map(axisWords).join(' × ')} for a high ${objectiveName(sweep.objective)}`,
    `${formats.formatCount(sweep.done)} of ${formats.formatCount(sweep.total)} cells${left}`,
    folds != null && folds.count > 0 && foldWords(folds),
  ]
    .filter(Boolean)
    .join(' · ');
}

function foldWords({ count, kind, purge, embargo }: NonNullable<Sweep['folds']>): string {
  const gaps = [purge > 0 && `purge ${purge}`, embargo > 0 && `embargo ${embargo}`].filter(Boolean);
  const steps = `walk-forward, ${kind}, ${count} ${count === 1 ? 'step' : 'steps'}`;
  return gaps.length > 0 ? `${steps}, ${gaps.join(' and ')} bars` : steps;
}

/** `fast 5 to 50 (10)`, or its values where they are few. */
function axisWords({ name, values }: SweepAxis): string {
  if (values.length <= NAMED_MAX) return `${name} ${values.join(', ')}`;
  return `${name} ${values[0]} to ${values.at(-1)} (${values.length})`;
}

function accountLine(sweep: Sweep, formats: Formats): string {
  const { request, limits } = sweep;
  const capital = sweep.initial_capital ?? request.capital ?? 10_000;
  const slippage = costWords(SLIPPAGES, sweep.costs?.slippage_model ?? request.slippage ?? 'none');
  const funding = sweep.costs?.funding_model ?? request.funding ?? 'none';
  const several = splitSymbols(sweep.symbol).length > 1;
  return [
    `capital ${formats.formatCount(capital)}`,
    `commission ${costWords(COMMISSIONS, sweep.costs?.commission ?? request.commission ?? 'bps:10')}`,
    `slippage ${slippage.toLowerCase()}`,
    funding !== 'none' && `holding ${costWords(FUNDINGS, funding).toLowerCase()}`,
    request.fill === 'close' ? 'filled at the close' : 'filled at the next open',
    `inside a bar ${request.intrabar ?? 'pessimistic'}`,
    request.protections === 'none' && 'no protections',
    several && limits && limits.max_positions > 0 && `at most ${limits.max_positions} positions`,
    several &&
      limits &&
      `${limits.exposure_percent}% in all, ${formats.formatFixed(limits.symbol_exposure_percent, 1)}% in one`,
  ]
    .filter(Boolean)
    .join(' · ');
}

/** Why no cell has the figure that is looked for, the most frequent reasons first; null: none has been tried. */
export function whyNoneHas(cells: readonly SweepCell[], objective: string, formats: Formats): string | null {
  // By kind, with the first of each: what follows the colon names the values of its cell.
  const kinds = new Map<string, { count: number; first: string }>();
  for (const { why } of cells) {
    const [kind = '', ...rest] = (why || 'no reason told').split(': ');
    const known = kinds.get(kind) ?? { count: 0, first: rest.join(': ') };
    kinds.set(kind, { ...known, count: known.count + 1 });
  }
  const most = [...kinds].sort(([, a], [, b]) => b.count - a.count).slice(0, 3);
  if (most.length === 0) return null;
  const reasons = most.map(([kind, { count, first }]) => {
    const words = isForbidden(kind) ? 'left out by the conditions' : kind.replaceAll('_', ' ');
    const example = first && (count === 1 ? ` (${first})` : ` (the first: ${first})`);
    return `${formats.formatCount(count)} ${count === 1 ? 'cell' : 'cells'}: ${words}${example}`;
  });
  return `No cell has a ${objectiveName(objective)}. ${reasons.join('; ')}.`;
}
