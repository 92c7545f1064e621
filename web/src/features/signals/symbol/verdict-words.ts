import type { Formats } from '@/lib/formats';
import type { Direction } from '@/lib/signals/direction';
import type { SignalBand } from '@/lib/signals/schemas';
import { percent } from '@/lib/signals/words';

/** Under so many signals nothing is told of them. */
const RECORD_LEAST = 30;

/** A band by its scores, as one says it: `Signals above 80`. */
export const BAND_SCORES: Readonly<Record<Direction, string>> = {
  strong_buy: 'above 80',
  buy: 'from 60 to 80',
  neutral: 'from 40 to 60',
  sell: 'from 20 to 40',
  strong_sell: 'below 20',
};

type Relation = 'better' | 'worse' | 'no better';
const RELATIONS: readonly Relation[] = ['better', 'worse', 'no better'];

/** Better or worse only beyond doubt: where all of the interval is on one side. */
function relationTo(rate: number, interval: SignalBand['interval']): Relation {
  if (interval === null) return 'no better';
  const [low, high] = interval;
  if (low > rate) return 'better';
  return high < rate ? 'worse' : 'no better';
}

/** `a`, `a or b`, `a, b or c`. */
function listed(names: readonly string[], last: 'and' | 'or'): string {
  const [head, tail] = [names.slice(0, -1), names.at(-1) ?? ''];
  return head.length === 0 ? tail : `${head.join(', ')} ${last} ${tail}`;
}

/** What the share that paid is, held against what would have come without the signals, of another's, and of a coin. */
function comparison({ baselines, interval }: SignalBand, formats: Formats): string {
  const named = [
    ['always-long', baselines.always_long.hit_rate],
    ['a coin', baselines.coin.hit_rate],
    ['TradingView’s rating', baselines.tradingview.hit_rate],
  ] as const;
  const known = named.flatMap(([name, rate]) =>
    rate === null
      ? []
      : [{ words: `${name} (${percent(formats, rate)})`, relation: relationTo(rate, interval) }],
  );
  return RELATIONS.flatMap((relation) => {
    const names = known.filter((one) => one.relation === relation).map((one) => one.words);
    if (names.length === 0) return [];
    return [`${relation} than ${listed(names, relation === 'no better' ? 'or' : 'and')}`];
  }).join(', ');
}

/** What signals were worth, in a sentence. `band`: null for all buys and sells together. */
export function verdictWords(band: Direction | null, record: SignalBand, formats: Formats): string {
  const who = band === null ? 'All buys and sells' : `Signals ${BAND_SCORES[band]}`;
  const { n, hit_rate, baselines } = record;
  const count = formats.formatCount(n);
  if (band === 'neutral') return `${who}: ${count} were neutral, and nothing is traded on those.`;
  if (n === 0) return `${who}: none in the stored history.`;
  if (n < RECORD_LEAST || hit_rate === null) {
    return `${who}: ${count} so far, too few for a verdict, which takes ${RECORD_LEAST}.`;
  }
  const paid = formats.formatCount(Math.round(hit_rate * n));
  const silent =
    baselines.tradingview.hit_rate === null ? ' TradingView’s rating took a side too seldom to compare.' : '';
  const compared = comparison(record, formats);
  return `${who}: ${paid} of ${count} paid (${percent(formats, hit_rate)})${compared && `, ${compared}`}.${silent}`;
}
