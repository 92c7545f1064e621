import type { Formats } from '@/lib/formats';
import type { Figure } from '@/lib/lab/run-schemas';
import { formatSpan } from '@/lib/time';

/** What a figure is called, in the order in which they are told. */
export const FIGURE_GROUPS: readonly {
  readonly title: string;
  /** Also told of the long and the short trades apart. */
  readonly bySide: boolean;
  readonly figures: readonly (readonly [key: string, name: string])[];
}[] = [
  {
    title: 'Return',
    bySide: false,
    figures: [
      ['net_profit', 'Net profit'],
      ['total_return', 'Total return'],
      ['cagr', 'Return a year (CAGR)'],
      ['buy_and_hold_return', 'Buy and hold'],
      ['alpha', 'Alpha a year'],
      ['beta', 'Beta'],
    ],
  },
  {
    title: 'Risk',
    bySide: false,
    figures: [
      ['volatility', 'Volatility a year'],
      ['sharpe', 'Sharpe ratio'],
      ['sortino', 'Sortino ratio'],
      ['calmar', 'Calmar ratio'],
      ['omega', 'Omega'],
      ['max_drawdown', 'Deepest drawdown'],
      ['max_drawdown_bars', '… its length'],
      ['max_drawdown_recovery_bars', '… its recovery'],
      ['longest_drawdown_bars', 'Longest drawdown'],
      ['average_drawdown', 'Average drawdown'],
      ['average_drawdown_bars', '… its length'],
      ['ulcer_index', 'Ulcer index'],
      ['var_95', 'Value at risk, 95 %, a day'],
      ['cvar_95', 'Expected shortfall, 95 %, a day'],
      ['tail_ratio', 'Tail ratio'],
      ['skew', 'Skew'],
      ['kurtosis', 'Kurtosis (normal: 3)'],
    ],
  },
  {
    title: 'Trades',
    bySide: true,
    figures: [
      ['trades', 'Closed trades'],
      ['open_trades', 'Open at the end'],
      ['trades_profit', 'Profit of closed trades'],
      ['gross_profit', 'Gross profit'],
      ['gross_loss', 'Gross loss'],
      ['win_rate', 'Won'],
      ['profit_factor', 'Profit factor'],
      ['expectancy', 'Mean trade'],
      ['average_trade', 'Mean trade, of its value'],
      ['payoff', 'Mean win / mean loss'],
      ['average_win', 'Mean win'],
      ['average_loss', 'Mean loss'],
      ['best_trade', 'Best trade'],
      ['worst_trade', 'Worst trade'],
      ['kelly', 'Kelly fraction'],
      ['sqn', 'System quality (SQN)'],
      ['average_mae', 'Mean way against it (MAE)'],
      ['worst_mae', 'Worst MAE'],
      ['average_mfe', 'Mean way for it (MFE)'],
      ['best_mfe', 'Best MFE'],
      ['longest_winning_streak', 'Most wins in a row'],
      ['longest_losing_streak', 'Most losses in a row'],
      ['average_trade_bars', 'Mean length'],
      ['longest_trade_bars', 'Longest'],
      ['average_trade_time', 'Mean time'],
      ['average_win_time', '… of wins'],
      ['average_loss_time', '… of losses'],
    ],
  },
  {
    title: 'Exposure and costs',
    bySide: true,
    figures: [
      ['time_in_market', 'Time in the market'],
      ['average_exposure', 'Mean exposure'],
      ['largest_exposure', 'Largest exposure'],
      ['turnover', 'Turnover'],
      ['turnover_a_year', 'Turnover a year'],
      ['fees_paid', 'Fees paid'],
      ['slippage_paid', 'Slippage paid'],
    ],
  },
];

const NAMES = new Map(FIGURE_GROUPS.flatMap((group) => group.figures));

export function figureName(key: string): string {
  return NAMES.get(key) ?? key.replaceAll('_', ' ');
}

/** Those whose sign says whether it went well: they are told with it. */
const SIGNED = new Set([
  'net_profit',
  'total_return',
  'cagr',
  'buy_and_hold_return',
  'alpha',
  'trades_profit',
  'expectancy',
  'average_trade',
  'best_trade',
  'worst_trade',
  'kelly',
]);

export function isSigned(key: string): boolean {
  return SIGNED.has(key);
}

/** Those that are better the lower they are. */
const LOWER_IS_BETTER = new Set([
  'volatility',
  'max_drawdown',
  'max_drawdown_bars',
  'longest_drawdown_bars',
  'average_drawdown',
  'ulcer_index',
  'var_95',
  'cvar_95',
  'gross_loss',
  'average_loss',
  'average_mae',
  'worst_mae',
  'longest_losing_streak',
  'fees_paid',
  'slippage_paid',
]);
const HIGHER_IS_BETTER = new Set([
  ...SIGNED,
  'sharpe',
  'sortino',
  'calmar',
  'omega',
  'win_rate',
  'profit_factor',
  'payoff',
  'sqn',
  'tail_ratio',
]);
// What another does is no merit of a strategy.
HIGHER_IS_BETTER.delete('buy_and_hold_return');

/** 1: the more the better; -1: the less the better; 0: neither. */
export function betterSign(key: string): 1 | -1 | 0 {
  return HIGHER_IS_BETTER.has(key) ? 1 : LOWER_IS_BETTER.has(key) ? -1 : 0;
}

const WHYS: Readonly<Record<string, string>> = {
  no_data: 'what it is made of was not given',
  too_few: 'the sample is too small',
  no_variation: 'there is no variation to divide by',
  undefined: 'there is nothing to divide by',
  ruined: 'the equity was gone',
};

export function whyWords(why: string | undefined): string {
  return (why !== undefined && WHYS[why]) || why?.replaceAll('_', ' ') || 'it is not told';
}

/** A fraction as a percentage: `12.3%`; `signed`: `+12.3%`. */
export function shareText(formats: Formats, share: number, signed = false): string {
  if (signed) return formats.formatChange(share);
  const size = Math.abs(share * 100);
  return `${formats.formatFixed(share * 100, size >= 100 ? 1 : 2)}%`;
}

/** An amount of the quote currency, without its name. */
export function moneyText(formats: Formats, amount: number, signed = false): string {
  const decimals = Math.abs(amount) >= 1e6 ? 0 : 2;
  const text = formats.formatFixed(amount, decimals);
  return signed && amount > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

/** The value as it is read, without the unit's name; null: there is none. */
export function figureText(formats: Formats, key: string, { value, unit }: Figure): string | null {
  if (value === null) return null;
  const signed = isSigned(key);
  switch (unit) {
    case 'fraction':
      return shareText(formats, value, signed);
    case 'money':
      return moneyText(formats, value, signed);
    case 'count':
      return formats.formatCount(value);
    case 'bars':
      return formats.formatFixed(value, Number.isInteger(value) ? 0 : 1);
    case 'ms':
    case 'time_ms':
      return formatSpan(value);
    default:
      return Math.abs(value) >= 1e6 ? formats.formatReading(value) : formats.formatFixed(value, 2);
  }
}

/** What stands after the value. */
export function unitText({ unit, value }: Figure, quote: string): string {
  if (value === null) return '';
  return unit === 'money' ? quote : unit === 'bars' ? (value === 1 ? 'bar' : 'bars') : '';
}

/** `84 trades`. */
export function sampleText(formats: Formats, { n, of }: Figure): string {
  return `${formats.formatCount(n)} ${n === 1 ? of.replace(/s$/, '') : of}`;
}

/** All that is to be known of a figure besides its value. */
export function aboutFigure(formats: Formats, figure: Figure): string {
  const year = figure.year_days ? ` A year has ${figure.year_days} days.` : '';
  const absent = figure.value === null ? ` Not told: ${whyWords(figure.why)}.` : '';
  return `${figure.formula}. Of ${sampleText(formats, figure)}.${year}${absent}`;
}
