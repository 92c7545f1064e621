import { describe, expect, it } from 'vitest';
import { makeFormats } from '@/lib/formats';
import { answerSchema, type SignalSummary, summarySchema } from '@/lib/signals/schemas';
import { noProbability, points, probabilityText, ratingText } from '@/lib/signals/words';
import { signalAnswer, signalSummary } from '@/lib/testing-signals';
import { type BoardSort, type BoardView, boardPath, readBoard } from './board/board-address';
import { matching, named, sorted } from './board/board-rows';
import { cellWords } from './board/heat-cell';
import { contributionsOf } from './symbol/contribution-rows';
import { dotRadius } from './symbol/reliability-plot';
import { onDial } from './symbol/score-dial';
import { readSymbolView, symbolQuery } from './symbol/symbol-address';
import { confirmationWords, strongestReasons, trackRecordWords } from './symbol/symbol-words';

const formats = makeFormats({ timeZone: 'UTC', numberFormat: '1,234.56' });
const NOW = 1_767_226_800_000;
const queryOf = (path: string) => path.slice(path.indexOf('?'));

describe('the address of the board', () => {
  const FULL: BoardView = {
    horizon: '1d',
    sort: { by: '15m', falling: true },
    text: 'btc',
    filter: { expression: 'close > open & "x+y"', timeframe: '4h' },
  };

  it('says all that it shows', () => {
    expect(readBoard(queryOf(boardPath(FULL)))).toEqual(FULL);
  });

  it('says nothing of what is usual; what it cannot mean is left out', () => {
    const usual = { horizon: '4h', sort: null, text: '', filter: null } as const;
    expect(boardPath(usual)).toBe('/signals');
    expect(readBoard('')).toEqual(usual);
    expect(readBoard('?h=2h&sort=volume desc&e=%20')).toEqual(usual);
    expect(readBoard('?e=close&tf=7m').filter).toEqual({ expression: 'close', timeframe: '1h' });
  });

  it('of a symbol says horizon and what is laid open', () => {
    expect(readSymbolView('?h=1h&tf=15m')).toEqual({ horizon: '1h', opened: '15m' });
    expect(readSymbolView('?h=x&tf=30m')).toEqual({ horizon: '4h', opened: null });
    expect(symbolQuery({ horizon: '1h', opened: '1d' })).toEqual({ h: '1h', tf: '1d' });
    expect(symbolQuery({ horizon: '4h', opened: null })).toEqual({});
  });
});

describe('the rows', () => {
  const row = (symbol: string, score: number | null, hour: number): SignalSummary => {
    const made = summarySchema.parse(signalSummary({ symbol, mood: 0, price: hour }, '4h', NOW));
    const timeframes = made.timeframes.map((one) => (one.timeframe === '1h' ? { ...one, score: hour } : one));
    return { ...made, score, timeframes };
  };
  const rows = [row('BUSDT', 40, 90), row('AUSDT', null, 10), row('CUSDT', 70, 50)];
  const order = (sort: BoardSort | null) =>
    sorted(rows, sort)
      .map((one) => one.symbol[0])
      .join('');

  it('are sorted by what is asked for, a timeframe by its score; those without a value come last', () => {
    expect(order(null)).toBe('BAC');
    expect(order({ by: 'symbol', falling: false })).toBe('ABC');
    expect(order({ by: 'score', falling: true })).toBe('CBA');
    expect(order({ by: 'score', falling: false })).toBe('BCA');
    expect(order({ by: '1h', falling: true })).toBe('BCA');
    expect(order({ by: 'price', falling: false })).toBe('ACB');
  });

  it('are those that have every word in their name, and that meet the condition', () => {
    expect(named(rows, ' busdt ').map((one) => one.symbol)).toEqual(['BUSDT']);
    expect(named(rows, 'practice:c')).toHaveLength(1);
    expect(named(rows, '')).toHaveLength(3);
    expect(matching(rows, null)).toHaveLength(3);
    const found = [
      { venue: 'practice', symbol: 'CUSDT' },
      { venue: 'binance', symbol: 'BUSDT' },
    ];
    expect(matching(rows, found).map((one) => one.symbol)).toEqual(['CUSDT']);
  });
});

describe('contributions', () => {
  const reason = (contribution: number) => ({ text: `r${contribution}`, contribution });

  it('add up with 50 to the score, the largest first and the small ones together', () => {
    const made = contributionsOf([0.2, 9, -0.1, -4, 0.3, 2].map(reason));
    expect(made.large.map((one) => one.contribution)).toEqual([9, -4, 2]);
    expect(made.small.map((one) => one.contribution)).toEqual([0.3, 0.2, -0.1]);
    expect(made.smallSum).toBeCloseTo(0.4);
    expect(made.total).toBeCloseTo(57.4);
    expect(made.most).toBe(9);
  });

  it('leave a single small one where it is, and no more than eight at first', () => {
    expect(contributionsOf([5, 0.1].map(reason)).small).toEqual([]);
    const many = contributionsOf(Array.from({ length: 12 }, (_, index) => reason(12 - index)));
    expect([many.large.length, many.small.length]).toEqual([8, 4]);
    expect(contributionsOf([])).toMatchObject({ large: [], small: [], total: 50 });
  });
});

describe('words', () => {
  const answer = answerSchema.parse(signalAnswer({ symbol: 'BTCUSDT', mood: 0.9, price: 1 }, '4h', NOW));

  it('say why there is no probability', () => {
    expect(noProbability('buy')).toBe('n/a: under 200 outcomes');
    expect(noProbability('neutral')).toBe('n/a: neutral');
    expect(probabilityText(formats, 0.544, 'buy')).toBe('54%');
  });

  it('write points with their sign, but not of what rounds to nothing', () => {
    expect([4.24, -0.26, 0.04, -0.04, 0].map((one) => points(formats, one))).toEqual([
      '+4.2',
      '\u22120.3',
      '0.0',
      '0.0',
      '0.0',
    ]);
  });

  it('say a cell in full, with TradingView’s rating beside it', () => {
    const [cell] = summarySchema.parse(
      signalSummary({ symbol: 'A', mood: 0, price: 1 }, '4h', NOW),
    ).timeframes;
    if (!cell) throw new Error('no cell');
    const full = { ...cell, score: 81.6, direction: 'strong_buy', confidence: 0.71 } as const;
    expect(cellWords({ ...full, rating_tradingview: 0.42 }, formats)).toBe(
      '1 minute: strong buy, 82 of 100, confidence 71%. TradingView’s rating: buy (0.42)',
    );
    expect(cellWords({ ...cell, score: null, direction: null }, formats)).toBe('1 minute: no signal yet');
    expect(ratingText(formats, null)).toBe('none');
  });

  it('say what earlier signals were worth, or that there are too few', () => {
    expect(trackRecordWords(answer, formats)).toBe(
      'Earlier signals of this kind on 1 hour: 61 of 112 paid after costs within 4 hours (54%, +0.09% on average). ' +
        'Always long: 54%, +0.08% on average.',
    );
    expect(trackRecordWords({ ...answer, track_record: null }, formats)).toContain('under 30');
  });

  it('say what the longer timeframes do', () => {
    const confirmation = { ...answer.confirmation, aligned: false, effect: -2.5 };
    expect(confirmationWords({ ...answer, confirmation }, formats)).toBe(
      'The longer timeframes (4h, 1d) do not agree with it as a whole. This moves the score by \u22122.5 points.',
    );
    const none = { aligned: false, verdict: 'none' as const, timeframes: [], effect: 0 };
    expect(confirmationWords({ ...answer, confirmation: none }, formats)).toContain('No longer timeframe');
  });

  it('name the strongest reasons, whichever way they point', () => {
    const reasons = [1, -9, 3, 2].map((contribution) => ({ text: `r${contribution}`, contribution }));
    expect(strongestReasons({ ...answer, reasons })).toBe('r-9; r3; r2');
  });
});

describe('the drawings', () => {
  it('have 0 at the left of the dial, 50 on top and 100 at the right', () => {
    expect(onDial(0, 100)).toEqual({ x: 20, y: 116 });
    expect(onDial(50, 100)).toEqual({ x: 120, y: 16 });
    expect(onDial(100, 100)).toEqual({ x: 220, y: 116 });
  });

  it('have dots whose area goes with the number of signals', () => {
    expect([0, 25, 100].map((n) => dotRadius(n, 100))).toEqual([4, 8, 12]);
  });
});
