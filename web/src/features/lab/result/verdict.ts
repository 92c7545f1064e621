import type { Formats } from '@/lib/formats';
import type { Run } from '@/lib/lab/run-schemas';
import { symbolsOf } from '@/lib/lab/symbols';
import { COMMISSIONS, costWords, SLIPPAGES } from '../form/costs';
import { type Grade, readLeaks, readRobustness } from './evidence';
import { moneyText, shareText } from './figure-words';

/** What a run comes to, sentence by sentence, the weightiest first. */
export interface Sentence {
  readonly grade: Grade;
  readonly text: string;
}

const FEW_TRADES = 30;

export function verdictOf(run: Run, quote: string, formats: Formats): readonly Sentence[] {
  return [
    leakSentence(run),
    returnSentence(run, quote, formats),
    tradeSentence(run, formats),
    costSentence(run, formats),
  ]
    .concat(robustnessSentence(run))
    .filter((one) => one !== null);
}

function leakSentence(run: Run): Sentence | null {
  const leaks = readLeaks(run.leaks);
  if (leaks === null || leaks.passed) return null;
  return {
    grade: 'bad',
    text: `This result is worthless: the strategy looks into the future. ${leaks.text}`.trim(),
  };
}

function returnSentence(run: Run, quote: string, formats: Formats): Sentence | null {
  const made = run.metrics?.total_return?.value ?? null;
  const held = run.metrics?.buy_and_hold_return?.value ?? null;
  const { initial_capital: begin, final_equity: end } = run;
  if (made === null || begin === undefined || end === undefined) return null;
  const verb = made > 0 ? 'made' : made < 0 ? 'lost' : 'came out even:';
  const money = `${moneyText(formats, begin)} became ${moneyText(formats, end)} ${quote}`.trim();
  const first = `It ${verb} ${made === 0 ? '0%' : shareText(formats, Math.abs(made))} after costs: ${money}.`;
  if (held === null) return { grade: made > 0 ? 'good' : 'bad', text: first };
  const whole = symbolsOf(run).length > 1 ? 'Buying and holding all in equal parts' : 'Buying and holding';
  const better = made > held ? '' : ': doing nothing was better';
  const beside = `${whole} came to ${shareText(formats, held, true)}${better}.`;
  return { grade: made <= 0 ? 'bad' : made > held ? 'good' : 'doubtful', text: `${first} ${beside}` };
}

function tradeSentence(run: Run, formats: Formats): Sentence | null {
  const count = run.metrics?.trades?.value ?? run.trade_count ?? null;
  if (count === null) return null;
  if (count === 0) return { grade: 'unknown', text: 'It closed no trade, so there is nothing to judge.' };
  const drawdown = run.metrics?.max_drawdown?.value ?? null;
  const deep =
    drawdown === null ? '' : ` At its worst it was ${shareText(formats, drawdown)} under its peak.`;
  const trades = `${formats.formatCount(count)} closed ${count === 1 ? 'trade' : 'trades'}`;
  if (count < FEW_TRADES) {
    return {
      grade: 'doubtful',
      text: `Only ${trades}: too few to tell skill from luck, whatever the figures say.${deep}`,
    };
  }
  const won = run.metrics?.win_rate?.value ?? null;
  const factor = run.metrics?.profit_factor?.value ?? null;
  const rate = won === null ? '' : `, ${shareText(formats, won)} won`;
  const weight = factor === null ? '' : `, ${formats.formatFixed(factor, 2)} gained for each 1 lost`;
  return { grade: (factor ?? 1) > 1 ? 'good' : 'bad', text: `${trades}${rate}${weight}.${deep}` };
}

/** What a strategy can bear beside what was asked of it. */
function costSentence(run: Run, formats: Formats): Sentence | null {
  const even = run.break_even_bps;
  if (even === undefined || even === null) return null;
  const asked = [
    costWords(COMMISSIONS, run.costs?.commission ?? run.request.commission ?? 'bps:10'),
    costWords(SLIPPAGES, run.costs?.slippage_model ?? run.request.slippage ?? 'none'),
  ];
  const text = `It breaks even at costs of ${formats.formatFixed(even, 1)} bps a fill; asked were ${asked[0]} and, as slippage, ${asked[1]?.toLowerCase()}.`;
  return { grade: (run.metrics?.net_profit?.value ?? 0) > 0 ? 'good' : 'doubtful', text };
}

function robustnessSentence(run: Run): Sentence[] {
  const told = readRobustness(run.robustness);
  return told === null || told.verdict === '' ? [] : [{ grade: told.grade, text: told.verdict }];
}
