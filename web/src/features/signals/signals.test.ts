import { describe, expect, it } from 'vitest';
import { makeFormats } from '@/lib/formats';
import { answerSchema, recordSchema, type SignalSummary, summarySchema } from '@/lib/signals/schemas';
import { noProbability, points, probabilityText, ratingText } from '@/lib/signals/words';
import { signalAnswer, signalRecord, signalSummary } from '@/lib/testing-signals';
import { type BoardSort, type BoardView, boardPath, readBoard } from './board/board-address';
import { matching, named, sorted } from './board/board-rows';
import { nextPlace } from './board/grid-keys';
import { cellWords } from './board/heat-cell';
import { contributionsOf } from './symbol/contribution-rows';
import { dotRadius } from './symbol/reliability-plot';
import { onDial } from './symbol/score-dial';
import { readSymbolView, symbolQuery } from './symbol/symbol-address';
import { confirmationWords, trackRecordWords, waitingWords } from './symbol/symbol-words';
import { verdictWords } from './symbol/verdict-words';

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
    const direction = 'strong_buy' as const;
    const record = answer.track_record && { ...answer.track_record, band: direction };
    expect(trackRecordWords({ ...answer, direction, track_record: record }, formats)).toBe(
      'Signals above 80 on this symbol’s 1 hour: 61 of 112 paid after costs within 4 hours (54%, +0.09% on average). ' +
        'Always long: 54%, +0.08% on average.',
    );
    expect(trackRecordWords({ ...answer, direction: 'sell', track_record: null }, formats)).toBe(
      'Signals from 20 to 40 on this symbol: fewer than 30 so far, too few to say what they were worth.',
    );
    expect(trackRecordWords({ ...answer, direction: 'neutral' }, formats)).toContain('Nothing is traded');
    expect(trackRecordWords({ ...answer, direction: null, track_record: null }, formats)).toBe('');
  });

  it('say what the longer timeframes do', () => {
    const said = (verdict: 'mixed' | 'against') => ({
      ...answer.confirmation,
      aligned: false,
      verdict,
      effect: -2.5,
    });
    expect(confirmationWords({ ...answer, confirmation: said('against') }, formats)).toBe(
      'The longer timeframes (4h, 1d) are against it. This moves the score by \u22122.5 points.',
    );
    expect(confirmationWords({ ...answer, confirmation: said('mixed') }, formats)).toContain(
      'do not agree among themselves',
    );
    const none = { aligned: false, verdict: 'none' as const, timeframes: [], effect: 0 };
    expect(confirmationWords({ ...answer, confirmation: none }, formats)).toContain('No longer timeframe');
  });
});

describe('the verdict on a band', () => {
  const { bands } = recordSchema.parse(signalRecord('BTCUSDT', '1h', '4h', NOW));
  const band = bands.strong_buy;
  const worth = (hit_rate: number | null) => ({ n: 50, hit_rate, mean_return: null });
  const against = (interval: [number, number], long: number, coin: number, other: number | null) =>
    verdictWords(
      'strong_buy',
      {
        ...band,
        interval,
        baselines: { always_long: worth(long), coin: worth(coin), tradingview: worth(other) },
      },
      formats,
    );

  it('says how many paid, and is better or worse only where the whole interval is', () => {
    expect(against([0.45, 0.63], 0.541, 0.46, 0.5)).toBe(
      'Signals above 80: 61 of 112 paid (54%), no better than always-long (54%), a coin (46%) or TradingView’s rating (50%).',
    );
    expect(against([0.5, 0.63], 0.541, 0.46, 0.48)).toBe(
      'Signals above 80: 61 of 112 paid (54%), better than a coin (46%) and TradingView’s rating (48%), no better than always-long (54%).',
    );
    expect(against([0.5, 0.55], 0.6, 0.46, 0.52)).toBe(
      'Signals above 80: 61 of 112 paid (54%), better than a coin (46%), worse than always-long (60%), no better than TradingView’s rating (52%).',
    );
  });

  it('says so where there is nothing to compare with', () => {
    expect(against([0.5, 0.6], 0.4, 0.4, null)).toBe(
      'Signals above 80: 61 of 112 paid (54%), better than always-long (40%) and a coin (40%).' +
        ' TradingView’s rating took a side too seldom to compare.',
    );
  });

  it('says that there are too few, or none, and that neutral is no trade', () => {
    const few = bands.strong_sell;
    expect(verdictWords('strong_sell', few, formats)).toBe(
      'Signals below 20: 17 so far, too few for a verdict, which takes 30.',
    );
    expect(verdictWords('sell', { ...few, n: 0 }, formats)).toBe(
      'Signals from 20 to 40: none in the stored history.',
    );
    expect(verdictWords('neutral', bands.neutral, formats)).toBe(
      'Signals from 40 to 60: 1,188 were neutral, and nothing is traded on those.',
    );
    expect(verdictWords(null, { ...few, n: 0 }, formats)).toMatch(/^All buys and sells: none/);
  });
});

describe('what a symbol lacks', () => {
  const answer = answerSchema.parse(signalAnswer({ symbol: 'A', mood: 0.9, price: 1 }, '4h', NOW));
  const short = (...names: string[]) => ({
    ...answer,
    timeframes: answer.timeframes.map((one) =>
      names.includes(one.timeframe)
        ? { ...one, status: 'not_enough_history' as const, bars: 1200, bars_needed: 2500 }
        : one,
    ),
  });

  it('is said by timeframe, and that none has enough where none has', () => {
    expect(waitingWords(answer, formats)).toBeNull();
    expect(waitingWords(short('4h', '1d'), formats)).toBe(
      'Not enough history yet: 4 hours lacks 1,300 of 2,500 bars, 1 day lacks 1,300 of 2,500 bars.',
    );
    expect(waitingWords(short('1m', '5m', '15m', '1h', '4h', '1d'), formats)).toMatch(
      /^No timeframe has enough history yet: 1 minute lacks/,
    );
  });
});

describe('the keys of the board', () => {
  const go = (key: string, row: number, column: number) => nextPlace(key, { row, column }, 3, 7);

  it('lead from cell to cell, and no further than the edge', () => {
    expect(go('ArrowDown', 0, 2)).toEqual({ row: 1, column: 2 });
    expect(go('ArrowDown', 2, 2)).toEqual({ row: 2, column: 2 });
    expect(go('ArrowUp', 0, 2)).toEqual({ row: 0, column: 2 });
    expect(go('ArrowRight', 1, 6)).toEqual({ row: 1, column: 6 });
    expect(go('ArrowLeft', 1, 6)).toEqual({ row: 1, column: 5 });
    expect(go('Home', 1, 6)).toEqual({ row: 1, column: 0 });
    expect(go('End', 1, 0)).toEqual({ row: 1, column: 6 });
    expect(go('PageDown', 0, 3)).toEqual({ row: 2, column: 3 });
    expect(go('PageUp', 2, 3)).toEqual({ row: 0, column: 3 });
    expect(go('Enter', 1, 1)).toBeNull();
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
