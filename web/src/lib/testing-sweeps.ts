// Sweeps in the words of docs/openapi.yaml, for tests and for the fixture server.
import type { components } from './api/schema.ts';

type Contract = components['schemas'];
type Cell = Contract['SweepCell'];

const round = (value: number) => Number(value.toFixed(4));

/** `5:20:5` or `ema,sma`. */
function valuesOf(text: string): (number | string)[] {
  const range = /^(-?[\d.]+):(-?[\d.]+):([\d.]+)$/.exec(text);
  if (!range) return text.split(',').map((one) => (Number.isNaN(Number(one)) ? one : Number(one)));
  const [from, to, step] = range.slice(1).map(Number) as [number, number, number];
  return Array.from({ length: Math.floor((to - from) / step + 1e-9) + 1 }, (_, i) => round(from + i * step));
}

/** A smooth hill with its top near fast 10, slow 40, and a little noise. */
function worthOf(inputs: Readonly<Record<string, number | string | boolean>>): number {
  const [fast, slow] = [Number(inputs.fast ?? 12), Number(inputs.slow ?? 26)];
  const hill = 1.4 * Math.exp(-(((fast - 10) / 9) ** 2) - ((slow - 40) / 40) ** 2);
  return round(hill - 0.2 + 0.15 * Math.sin(fast * 3.3 + slow * 1.7));
}

export interface MadeSweep {
  readonly told: () => Contract['Sweep'];
  /** A few cells more are done. */
  readonly goOn: (cells?: number) => void;
  readonly set: (status: 'running' | 'stopped') => void;
}

export function madeSweep({
  id,
  request,
  createdAt = Date.UTC(2026, 0, 3),
}: {
  id: string;
  request: Pick<Contract['SweepRequest'], 'symbol' | 'axes'> & Partial<Contract['SweepRequest']>;
  createdAt?: number;
}): MadeSweep {
  const axes = Object.entries(request.axes).map(([name, text]) => ({ name, values: valuesOf(text) }));
  let all: Record<string, number | string>[] = [{}];
  for (const { name, values } of axes)
    all = all.flatMap((inputs) => values.map((value) => ({ ...inputs, [name]: value })));
  const cells: Cell[] = all.map((inputs, index) => {
    const wrong = Number(inputs.fast ?? 0) >= Number(inputs.slow ?? Number.POSITIVE_INFINITY);
    const objective = wrong ? null : worthOf(inputs);
    return {
      index,
      inputs,
      objective,
      sharpe: objective,
      total_return: objective === null ? null : round(objective / 4),
      max_drawdown: objective === null ? null : round(0.3 - objective / 10),
      trades: objective === null ? null : 40 + (index % 17),
      why: wrong ? 'require' : null,
    };
  });
  let done = 0;
  let status: Contract['RunStatus'] = 'running';
  const told = (): Contract['Sweep'] => {
    const ready = cells.slice(0, done);
    const best = ready.reduce<Cell | null>(
      (top, one) => (one.objective !== null && one.objective > (top?.objective ?? -9) ? one : top),
      null,
    );
    const finished = status === 'done';
    return {
      id,
      name: request.name ?? '',
      status,
      progress: done / cells.length,
      done,
      total: cells.length,
      eta_ms: finished ? null : (cells.length - done) * 40,
      strategy: request.strategy ?? 'ema-cross',
      version: 1,
      symbol: request.symbol,
      venue: 'practice',
      practice: true,
      timeframe: request.timeframe ?? '1h',
      objective: request.objective ?? 'sharpe',
      search: request.search ?? 'grid',
      axes,
      created_at: createdAt,
      finished_at: finished ? createdAt + 60_000 : null,
      error: null,
      best: best && {
        index: best.index,
        inputs: best.inputs,
        objective: best.objective,
        deflated_sharpe: 0.38,
        trials: done,
        verdict: 'not_better_than_luck',
        text: `deflated Sharpe 0.380 over ${done} trials: luck alone could look like this`,
      },
      request,
      ...stretchOf(done > 0, request, createdAt),
      cells: ready,
      skipped: ready.filter((one) => one.why === 'require').length,
      pbo: finished
        ? {
            variants: cells.length,
            splits: 70,
            by: 'sharpe',
            probability: 0.42,
            chance_of_loss: 0.31,
            slope: -0.2,
          }
        : null,
      stability: finished
        ? { neighbours: 8, silent: 0, best: 1.31, mean: 0.91, worst: 0.4, kept: 0.69 }
        : null,
      walk_forward: finished && request.folds ? walkForward(request.folds, createdAt) : null,
      warnings: [],
    } as unknown as Contract['Sweep'];
  };
  return {
    told,
    goOn: (count = Math.ceil(cells.length / 4)) => {
      if (status !== 'running') return;
      done = Math.min(cells.length, done + count);
      if (done === cells.length) status = 'done';
    },
    set: (wanted) => {
      if (status === 'running' || status === 'stopped') status = wanted;
    },
  };
}

/** What it ran over: known with the first cells. */
function stretchOf(known: boolean, request: Partial<Contract['SweepRequest']>, end: number) {
  const limits = { max_positions: 0, exposure_percent: 100, symbol_exposure_percent: 100 };
  const told = {
    from: end - 180 * 86_400_000,
    to: end,
    bars: 4320,
    warm_up_bars: 60,
    initial_capital: request.capital ?? 10_000,
    limits: { ...limits, max_positions: request.max_positions ?? 0 },
    folds: {
      count: request.folds ?? 0,
      kind: request.walk_forward ?? 'rolling',
      purge: request.purge ?? 0,
      embargo: request.embargo ?? 0,
    },
    fills_policy: { time: request.fill ?? 'next_open', intrabar: request.intrabar ?? 'pessimistic' },
    costs: {
      commission: request.commission ?? 'bps:10',
      slippage_model: request.slippage ?? 'none',
      funding_model: request.funding ?? 'none',
    },
  };
  return known ? told : Object.fromEntries(Object.keys(told).map((name) => [name, null]));
}

function walkForward(folds: number, end: number): object {
  const width = 30 * 86_400_000;
  const begin = end - (folds + 3) * width;
  const stretch = (from: number, to: number) => ({
    from: begin + from * width,
    to: begin + to * width,
    bars: 720,
  });
  return {
    kind: 'rolling',
    purge: 0,
    embargo: 0,
    folds: Array.from({ length: folds }, (_, i) => ({
      index: i,
      inputs: { fast: 8 + i, slow: 40 + 5 * i },
      train: stretch(i, i + 3),
      test: stretch(i + 3, i + 4),
      in_sample: round(1.3 - i * 0.05),
      out_of_sample: round(0.9 - i * 0.22),
      in_sample_figures: { objective: round(1.3 - i * 0.05), total_return: 0.12, trades: 30 },
      out_of_sample_figures: {
        objective: round(0.9 - i * 0.22),
        total_return: round(0.03 - i * 0.008),
        trades: 9 + i,
      },
    })),
    efficiency: 0.54,
    initial_capital: 10_000,
    final_equity: 10_910,
    figures: { objective: 0.61, total_return: 0.091, trades: 44 },
    equity: Array.from({ length: 100 }, (_, i) => ({
      time: begin + 3 * width + Math.floor((i * folds * 30) / 100) * 86_400_000,
      equity: round(10_000 * (1 + 0.001 * i + 0.01 * Math.sin(i / 5))),
    })).filter(({ time }, i, all) => i === 0 || time > (all[i - 1]?.time ?? 0)),
  };
}

/** The row of a sweep in a list. */
export function sweepItem(sweep: Contract['Sweep']): Contract['SweepItem'] {
  const {
    cells: _,
    request: __,
    skipped: ___,
    pbo: ____,
    stability: _____,
    walk_forward: ______,
    ...item
  } = sweep;
  const { warnings: _______, ...row } = item;
  return row;
}
