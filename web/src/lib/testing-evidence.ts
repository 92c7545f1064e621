// What a server adds to a run: other policies, other costs, chance, leaks. For tests and for the fixture server.

const round = (value: number, digits = 6) => Number(value.toFixed(digits));

const spread = (q05: number, q25: number, q50: number, q75: number, q95: number) => ({
  mean: q50,
  q05,
  q25,
  q50,
  q75,
  q95,
});

export function evidence(total: number, trades: number, from: number, to: number) {
  const outcome = (shift: number) => ({
    net_profit: round((total + shift) * 10_000),
    total_return: round(total + shift),
    sharpe: round(0.94 + shift * 3),
    max_drawdown: 0.18,
    trades,
    ambiguous_bars: 7,
  });
  const after = Array.from({ length: 40 }, (_, i) => (i + 1) * 9);
  return {
    leaks: {
      version: 1,
      passed: true,
      bars: 8760,
      cuts: 6,
      look_back: 400,
      text: 'Changing the future moved nothing of the past (6 cuts in 8,760 bars).',
      found: [],
    },
    policies: [
      { time: 'next_open', intrabar: 'pessimistic', asked: true, run: true, ...outcome(0) },
      { time: 'next_open', intrabar: 'adaptive', asked: false, run: true, ...outcome(0.012) },
      { time: 'next_open', intrabar: 'magnifier', asked: false, run: false },
      { time: 'close', intrabar: 'pessimistic', asked: false, run: true, ...outcome(-0.004) },
    ],
    cost_curve: [0, 1, 2, 5, 10, 20, 30, 50, 75, 100].map((bps) => ({
      bps,
      ...outcome(0.09 - bps * 0.0072),
    })),
    break_even_bps: round(Math.max(0.5, (total + 0.09) / 0.0072), 2),
    robustness: {
      seed: 1,
      trials: 14,
      grade: 'doubtful',
      verdict:
        'It is doubtful in at least one of the 6 checks against chance that could be made of it (3 good).',
      psr: {
        grade: 'doubtful',
        verdict:
          'The chance that its true Sharpe ratio is above 0 is 91.8 % (364 returns). At this rate it takes 1.4 years of record to be 95 % sure; there are 1.0.',
        value: 0.918,
        n: 364,
        least_track_record: 512,
      },
      dsr: {
        grade: 'bad',
        verdict:
          'After 14 variants tried, the chance that it is better than the luckiest of as many worthless ones is 41.2 %.',
        value: 0.412,
      },
      monte_carlo: {
        grade: 'doubtful',
        verdict:
          'With its stretches in another order, 11.4 % of the paths lose money; in one of twenty the return is under -8.2 %, and the deepest drawdown over 31.0 %.',
        n: 364,
        block: 7,
        chance_of_loss: 0.114,
        total_return: spread(-0.082, 0.09, 0.21, 0.35, 0.61),
        max_drawdown: spread(0.09, 0.13, 0.17, 0.22, 0.31),
        sharpe: spread(-0.4, 0.5, 0.95, 1.4, 2.2),
        after,
        growth: after.map((n) =>
          [-1.6, -0.6, 0, 0.6, 1.6].map((z) => round(Math.exp(0.0005 * n + z * 0.0125 * Math.sqrt(n)))),
        ),
      },
      shuffle: {
        grade: 'good',
        verdict: 'The same trades in another order draw down at least as deep in 62.0 % of the orders.',
        n: trades,
        observed: 0.16,
        chance_deeper: 0.62,
      },
      random_entries: {
        grade: 'good',
        verdict:
          'Entering at random moments instead, held as long, does at least as well in 4.1 % of the draws.',
        n: trades,
        observed: 0.004,
        p_value: 0.041,
      },
      stretches: {
        grade: 'good',
        verdict: 'Of 6 equal stretches of time it earned in 5; the best made +9.1 %, the worst -3.0 %.',
        folds: Array.from({ length: 6 }, (_, i) => ({
          from: from + ((to - from) * i) / 6,
          to: from + ((to - from) * (i + 1)) / 6,
          trades: 5 + i,
          total_return: round([0.031, 0.091, -0.03, 0.044, 0.012, 0.027][i] ?? 0),
          sharpe: round(0.4 + i / 5),
          max_drawdown: 0.06,
        })),
      },
    },
  };
}
