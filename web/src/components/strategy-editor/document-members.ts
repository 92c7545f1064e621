import { TIMEFRAMES } from '@/lib/timeframe';

/** A member of a strategy's document, and what it says. docs/strategies.md has all of them. */
export interface Member {
  readonly name: string;
  readonly about: string;
}

const members = (table: Readonly<Record<string, string>>): readonly Member[] =>
  Object.entries(table).map(([name, about]) => ({ name, about }));

const TOP = members({
  name: 'its name in addresses: a to z, 0 to 9, - _ .',
  title: 'what people call it',
  description: 'its idea, and when it fails',
  tags: 'a list of words',
  timeframe: 'what it was made for',
  seed: 'how averages begin',
  inputs: 'its settings',
  let: 'names for expressions',
  require: 'conditions on the inputs',
  long: 'rules of buying',
  short: 'rules of selling short',
  sizing: 'how large a position is',
  pyramiding: 'entries that a position may have',
});

const SIDE = members({
  entry: 'the condition that opens a position',
  exit: 'the condition that closes it',
  order: 'where the entry rests',
  stop: 'where a loss is taken',
  target: 'where the profit is taken',
  trailing_stop: 'a stop that follows the best price',
  time_stop: 'closed after so many bars',
});

const DISTANCE = members({
  percent: 'percent of the price',
  atr: 'average true ranges',
  length: 'bars of the range',
  amount: 'of the quote currency',
  expression: 'a price',
});
const TARGET = [
  ...DISTANCE,
  ...members({ risk: 'times the distance of the stop', share: 'percent of the position' }),
];

const SIZING = members({
  percent_of_equity: 'percent of the equity',
  fixed: 'of the quote currency',
  risk_percent: 'what is lost at the stop',
  volatility_target: 'percent a year',
  kelly: 'a part of Kelly’s fraction',
  length: 'bars, or trades',
  max_percent: 'at most so much of the equity',
});

const INPUT = members({
  type: 'int, float, bool, choice, source, timeframe',
  default: 'its value unless another is given',
  min: 'the least',
  max: 'the most',
  step: 'of a form’s arrows',
  title: 'what a form calls it',
  options: 'what may be chosen',
});

const ORDER = members({
  limit: 'a price, or better',
  stop: 'a price that is reached',
  bars: 'how long it rests',
});

/** The members that may stand within a path. */
export function membersAt(path: readonly string[]): readonly Member[] {
  const [first, second] = path;
  if (first === undefined) return TOP;
  if (first === 'inputs') return path.length >= 2 ? INPUT : [];
  if (first === 'sizing') return SIZING;
  if (first !== 'long' && first !== 'short') return [];
  switch (second) {
    case undefined:
      return SIDE;
    case 'stop':
    case 'trailing_stop':
      return DISTANCE;
    case 'target':
      return TARGET;
    case 'order':
      return ORDER;
    case 'time_stop':
      return members({ bars: 'so many' });
    default:
      return [];
  }
}

const SOURCES = ['open', 'high', 'low', 'close', 'volume', 'hl2', 'hlc3', 'ohlc4', 'hlcc4'];

/** The words that may stand as the value of a path; null: an expression does, or a text. */
export function wordsAt(path: readonly string[]): readonly string[] | null {
  const last = path.at(-1);
  if (path.length === 1 && last === 'timeframe') return TIMEFRAMES;
  if (path.length === 1 && last === 'seed') return ['talib', 'pine'];
  if (path[0] === 'inputs' && last === 'type')
    return ['int', 'float', 'bool', 'choice', 'source', 'timeframe'];
  if (path[0] === 'inputs' && last === 'default') return ['true', 'false', ...SOURCES, ...TIMEFRAMES];
  return null;
}

/** Whether the value of a path is an expression of the language. */
export function isExpressionAt(path: readonly string[]): boolean {
  const [first, second, third] = path;
  if (first === 'let') return path.length >= 2;
  if (first === 'require') return true;
  if (first !== 'long' && first !== 'short') return false;
  if (second === 'entry' || second === 'exit') return true;
  return third === 'expression' || (second === 'order' && (third === 'limit' || third === 'stop'));
}

/** Whether the value of a path is a number, which may be the name of an input. */
export function isNumberAt(path: readonly string[]): boolean {
  const [first] = path;
  return (
    (first === 'long' || first === 'short' || first === 'sizing') && path.length >= 2 && !isExpressionAt(path)
  );
}
