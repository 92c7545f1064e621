import type { Formats } from '@/lib/formats';
import type { SignalAnswer } from '@/lib/signals/schemas';
import { horizonWords, percent, points } from '@/lib/signals/words';
import { timeframeName } from '@/lib/timeframe';
import { BAND_SCORES } from './verdict-words';

/** How many reasons stand for all of them where the server's sentence is not there. */

const STANDS = {
  agree: 'agree with it',
  mixed: 'do not agree among themselves',
  against: 'are against it',
  none: 'have no say',
} as const;

/** What the longer timeframes have to do with the score. */
export function confirmationWords({ confirmation }: SignalAnswer, formats: Formats): string {
  const { verdict, timeframes, effect } = confirmation;
  if (timeframes.length === 0) {
    return 'No longer timeframe has a signal, so nothing confirms the score and nothing speaks against it.';
  }
  const names = timeframes.map((one) => one.timeframe).join(', ');
  const text = points(formats, effect);
  const moved = /[1-9]/.test(text)
    ? `This moves the score by ${text} points.`
    : 'This leaves the score as it is.';
  return `The longer timeframes (${names}) ${STANDS[verdict]}. ${moved}`;
}

const mean = (formats: Formats, value: number) => `${formats.formatChange(value)} on average`;

/** What earlier signals of the kind were worth, in a sentence. */
export function trackRecordWords(answer: SignalAnswer, formats: Formats): string {
  const { track_record: record, direction } = answer;
  if (direction === 'neutral') return 'Nothing is traded on a neutral signal, so none of its kind has paid.';
  if (direction === null) return '';
  if (!record) {
    return `Signals ${BAND_SCORES[direction]} on this symbol: fewer than 30 so far, too few to say what they were worth.`;
  }
  const { band, n, paid, hit_rate, mean_return, always_long, timeframe, horizon } = record;
  const counts = `${formats.formatCount(paid)} of ${formats.formatCount(n)}`;
  return (
    `Signals ${BAND_SCORES[band ?? direction]} on this symbol’s ${timeframeName(timeframe)}: ${counts} paid after costs ` +
    `within ${horizonWords(horizon)} (${percent(formats, hit_rate)}, ${mean(formats, mean_return)}). ` +
    `Always long: ${percent(formats, always_long.hit_rate)}, ${mean(formats, always_long.mean_return)}.`
  );
}

/** Which timeframes lack how many bars; null: none does. */
export function waitingWords({ timeframes }: SignalAnswer, formats: Formats): string | null {
  const short = timeframes.filter((one) => one.status === 'not_enough_history');
  if (short.length === 0) return null;
  const lacks = short.map(({ timeframe, bars, bars_needed: needed }) => {
    const missing = formats.formatCount(Math.max(0, needed - bars));
    return `${timeframeName(timeframe)} lacks ${missing} of ${formats.formatCount(needed)} bars`;
  });
  const all = short.length === timeframes.length;
  return `${all ? 'No timeframe has enough history yet' : 'Not enough history yet'}: ${lacks.join(', ')}.`;
}
