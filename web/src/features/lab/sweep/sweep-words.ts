import type { Formats } from '@/lib/formats';
import type { InputValues } from '@/lib/lab/strategy-schemas';
import type { SweepCell } from '@/lib/lab/sweep-schemas';
import { figureName, shareText } from '../result/figure-words';

/** `fast 10, slow 40`. */
export function inputsText(inputs: InputValues): string {
  return Object.entries(inputs)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

/** Objectives that are fractions of something. */
const SHARES: ReadonlySet<string> = new Set(['total_return', 'return', 'cagr', 'max_drawdown', 'win_rate']);

/** What a sweep looks for, as it stands in a sentence. */
export function objectiveName(objective: string): string {
  const name = figureName(objective);
  // Names of people keep their capital.
  return /^(Sharpe|Sortino|Calmar|Kelly)/.test(name) ? name : name.charAt(0).toLowerCase() + name.slice(1);
}

/** The value of an objective: shares in per cent, ratios as they are. */
export function objectiveText(objective: string, value: number, formats: Formats): string {
  return SHARES.has(objective) ? shareText(formats, value) : formats.formatFixed(value, 2);
}

/** A cell in a line. */
export function cellWords(cell: SweepCell, objective: string, formats: Formats): string {
  const inputs = inputsText(cell.inputs);
  if (cell.objective === null) return `${inputs}: no ${objectiveName(objective)}${whyText(cell.why)}`;
  const parts = [
    `${objectiveName(objective)} ${objectiveText(objective, cell.objective, formats)}`,
    cell.total_return == null ? null : `return ${formats.formatChange(cell.total_return)}`,
    cell.max_drawdown == null ? null : `drawdown ${shareText(formats, cell.max_drawdown)}`,
    cell.trades == null ? null : `${formats.formatCount(cell.trades)} trades`,
  ];
  return `${inputs}: ${parts.filter((one) => one !== null).join(', ')}`;
}

/** Whether a cell was not tried, because the conditions of the strategy leave it out. */
export function isForbidden(why: string): boolean {
  return /^(require|forbidden)/.test(why);
}

function whyText(why: string | null | undefined): string {
  if (!why) return '';
  return isForbidden(why) ? ', its conditions leave it out' : `, ${why.replaceAll('_', ' ')}`;
}
