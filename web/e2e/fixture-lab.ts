// What the fixture server answers of strategies, runs and sweeps: runs are really made over its candles (src/lib/testing-runs.ts).
import type { components } from '../src/lib/api/schema.ts';
import type { MadeCandle } from '../src/lib/testing-cross.ts';
import { madeRun, runItem } from '../src/lib/testing-runs.ts';
import { DOCUMENT, STRATEGIES, strategyItem } from '../src/lib/testing-strategies.ts';
import { type MadeSweep, madeSweep, sweepItem } from '../src/lib/testing-sweeps.ts';
import { ok, problem, type Reply } from './fixture-replies.ts';

type Contract = components['schemas'];
type Run = Contract['Backtest'];

/** Over which candles a request runs. */
export type CandlesOf = (
  symbol: string,
  timeframe: string,
  from: number | null,
  to: number | null,
) => MadeCandle[];

interface Kept {
  document: string;
  versions: { version: number; created_at: number; document: string }[];
}

const DAY_MS = 86_400_000;

export class FixtureLab {
  readonly runs = new Map<string, Run>();
  readonly sweeps = new Map<string, MadeSweep>();
  readonly own = new Map<string, Kept>();
  /** Runs begin as `running`, and are done when a test says so. */
  slow = false;
  private made = 0;
  private readonly now: () => number;
  private readonly candlesOf: CandlesOf;
  private readonly publish: (key: string, data: object) => void;

  constructor(now: () => number, candlesOf: CandlesOf, publish: (key: string, data: object) => void) {
    this.now = now;
    this.candlesOf = candlesOf;
    this.publish = publish;
  }

  /** Tells how a run that is under way goes on. */
  tell(id: string, progress: number): void {
    const run = this.runs.get(id);
    if (run?.status !== 'running') return;
    const done = progress >= 1;
    if (done) this.runs.set(id, this.make(run.request, id));
    else this.runs.set(id, { ...run, progress });
    const [bars, status] = [8760, done ? 'done' : 'running'];
    const event = {
      kind: 'backtest',
      id,
      status,
      progress,
      done: bars * progress,
      total: bars,
      eta_ms: 4000 * (1 - progress),
    };
    this.publish('backtests', { ...event, error: null });
  }

  /** A strategy on the desk does something at a bar. */
  act(id: string, event: 'entry' | 'exit', bar: number, price: number): void {
    const { strategy, symbol, venue, timeframe } = this.runs.get(id) ?? {};
    const what = { kind: 'strategy', run: id, strategy, symbol, venue, timeframe, bar_time: bar };
    this.publish(`strategies:${timeframe}:${symbol}`, {
      ...what,
      event,
      side: 'long',
      price,
      reason: 'signal',
    });
  }

  snapshot(): object {
    const under = [...this.runs.values()].filter((run) => run.status === 'running');
    return {
      runs: under.map(({ id, status, progress }) => ({
        kind: 'backtest',
        id,
        status,
        progress,
        error: null,
      })),
    };
  }

  /** The paths of the lab; null where a request is for none of them. */
  reply(method: string, url: URL, body: string): Reply | null {
    const { pathname } = url;
    const given = body === '' ? {} : JSON.parse(body);
    if (pathname === '/api/signals/backtest') return this.start(given);
    if (pathname === '/api/strategies' || pathname === '/api/signals/strategies')
      return method === 'POST' ? this.keep(given.document) : ok({ strategies: this.strategies() });
    if (pathname === '/api/strategies/check') return ok(this.check(given));
    const strategy = /^\/api\/strategies\/([^/]+)$/.exec(pathname)?.[1];
    if (strategy) return this.strategy(method, decodeURIComponent(strategy), url.searchParams, given);
    if (pathname === '/api/backtests') return this.list(url.searchParams);
    if (pathname === '/api/backtests/compare') return this.compare(url.searchParams.getAll('id'));
    if (pathname === '/api/backtests/sweep') return this.sweep(given);
    if (pathname === '/api/backtests/sweeps')
      return ok({ items: [...this.sweeps.values()].reverse().map((one) => sweepItem(one.told())) });
    const sweep = /^\/api\/backtests\/sweeps\/([^/]+)$/.exec(pathname)?.[1];
    if (sweep) return this.oneSweep(method, sweep, given);
    const [, id, part] = /^\/api\/backtests\/([^/]+)(?:\/(.+))?$/.exec(pathname) ?? [];
    return id === undefined ? null : this.run(method, id, part, url.searchParams, given);
  }

  private make(request: Contract['BacktestRequest'], id: string): Run {
    const { symbol, timeframe = '1h', from = null, to = null } = request;
    const candlesOf = (one: string) => this.candlesOf(one, timeframe, from ?? this.now() - 365 * DAY_MS, to);
    const candles = candlesOf(symbol.split(',')[0] ?? '');
    return madeRun({ id, request, candles, candlesOf, createdAt: this.now(), name: request.name ?? '' });
  }

  private start(request: Contract['BacktestRequest']): Reply {
    const fast = Number(request.inputs?.fast ?? 12);
    if (fast > 200) {
      const field = 'inputs.fast';
      return problem(422, 'bad_backtest', `${field} must be at most 200, not ${fast}.`, { field });
    }
    const refused = this.refusedSymbol(request.symbol);
    if (refused) return refused;
    this.made += 1;
    const run = this.make(request, `b_${this.made}`);
    if (!this.slow) {
      this.runs.set(run.id, run);
      return ok(run);
    }
    const begun = {
      ...runItem(run),
      status: 'running',
      progress: 0,
      finished_at: null,
      summary: null,
      request: run.request,
    };
    this.runs.set(run.id, begun as Run);
    return { status: 202, body: begun };
  }

  /** One that is unknown, or stands twice; null: all are well. */
  private refusedSymbol(text: string): Reply | null {
    const symbols = text.split(',');
    const refuse = (why: string) => problem(422, 'bad_backtest', why, { field: 'symbol' });
    for (const [i, symbol] of symbols.entries()) {
      if (symbols.indexOf(symbol) !== i) return refuse(`'${symbol}' stands twice.`);
      if (this.candlesOf(symbol, '1d', null, null).length === 0)
        return refuse(`There is no symbol '${symbol}'.`);
    }
    return null;
  }

  private list(query: URLSearchParams): Reply {
    const words = (query.get('search') ?? '').toLowerCase().split(/\s+/).filter(Boolean);
    const all = [...this.runs.values()].reverse().filter((run) => {
      const text = `${run.name} ${run.strategy} ${run.symbol} ${run.timeframe}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
    return ok({ items: all.map(runItem), next: null });
  }

  private run(
    method: string,
    id: string,
    part: string | undefined,
    query: URLSearchParams,
    given: object,
  ): Reply {
    const run = this.runs.get(id);
    if (!run) return problem(404, 'not_found', 'There is no such run.');
    if (part === 'trades' && query.get('format') !== 'csv') {
      const from = Number(query.get('from') ?? 0);
      return ok({ trades: run.trades?.slice(from) ?? [], total: run.trade_count });
    }
    if (part !== undefined) return ok({});
    if (method === 'DELETE') {
      this.runs.delete(id);
      return { status: 204, body: null };
    }
    if (method === 'PUT') this.runs.set(id, { ...run, ...given });
    return ok(this.runs.get(id) ?? run);
  }

  private compare(ids: readonly string[]): Reply {
    const runs = ids.flatMap((id) => this.runs.get(id) ?? []);
    const asked = (field: string, of: (run: Run) => unknown) => ({
      field,
      values: runs.map((run) => String(of(run) ?? '')),
    });
    const differences = [
      asked('inputs.fast', (run) => run.request.inputs?.fast ?? 12),
      asked('symbol', (run) => run.symbol),
      asked('timeframe', (run) => run.timeframe),
    ].filter(({ values }) => new Set(values).size > 1);
    return ok({
      runs: runs.map((run) => ({
        ...runItem(run),
        metrics: run.metrics,
        growth: (run.equity ?? [])
          .filter((_, i, all) => i % Math.ceil(all.length / 500) === 0)
          .map(({ time, equity }) => ({ time, growth: equity / (run.initial_capital ?? 1) })),
      })),
      differences,
    });
  }

  private strategies(): Contract['StrategyItem'][] {
    const own = [...this.own].map(([name, { versions }]) => {
      const newest = versions[0];
      const at = { version: newest?.version ?? 1, updated_at: newest?.created_at ?? null };
      return strategyItem({ name, title: name, built_in: false, ...at });
    });
    return [...STRATEGIES, ...own];
  }

  private strategy(
    method: string,
    name: string,
    query: URLSearchParams,
    given: { document?: string; version?: number },
  ): Reply {
    const item = this.strategies().find((one) => one.name === name);
    if (!item) return problem(404, 'not_found', 'There is no such strategy.');
    const kept = this.own.get(name);
    if (!kept)
      return ok({
        ...item,
        document: DOCUMENT.replace('ema-cross', name),
        versions: [{ version: 1, created_at: null }],
      });
    if (method === 'DELETE') {
      this.own.delete(name);
      return { status: 204, body: null };
    }
    if (method === 'PUT') {
      const newest = kept.versions[0]?.version ?? 1;
      if (given.version !== undefined && given.version !== newest)
        return problem(409, 'conflict', `Version ${newest} was kept meanwhile.`);
      kept.versions.unshift({ version: newest + 1, created_at: this.now(), document: given.document ?? '' });
    }
    const wanted = Number(query.get('version') ?? kept.versions[0]?.version);
    const { document = '' } = kept.versions.find((one) => one.version === wanted) ?? {};
    const versions = kept.versions.map(({ version, created_at }) => ({ version, created_at }));
    return ok({ ...item, version: versions[0]?.version ?? 1, document, versions });
  }

  private keep(document: string): Reply {
    const name = /^name: *(\S+)/m.exec(document)?.[1] ?? '';
    const faults = faultsOf(document);
    if (faults.length > 0) return problem(422, 'bad_strategy', faults[0]?.message ?? '', { faults });
    if (this.strategies().some((one) => one.name === name))
      return problem(409, 'conflict', `'${name}' is taken.`);
    this.own.set(name, { document, versions: [{ version: 1, created_at: this.now(), document }] });
    const reply = this.strategy('GET', name, new URLSearchParams(), {});
    return { ...reply, status: 201 };
  }

  private check({ document, symbol, timeframe = '1h', bars = 1000 }: Contract['StrategyCheck']): object {
    const faults = faultsOf(document);
    if (faults.length > 0) return { ok: false, faults, strategy: null, warnings: [], trades: [] };
    const name = /^name: *(\S+)/m.exec(document)?.[1] ?? 'unnamed';
    const strategy = strategyItem({ name, built_in: false, version: null });
    if (!symbol) return { ok: true, faults, strategy, warnings: [], trades: [] };
    const candles = this.candlesOf(symbol, timeframe, null, null).slice(-bars);
    const fast = Number(/fast: *\{[^}]*default: *(\d+)/.exec(document)?.[1] ?? 12);
    const run = madeRun({ candles, request: { symbol, inputs: { fast } } });
    return { ok: true, faults, strategy, warnings: [], trades: run.trades ?? [] };
  }

  private sweep(request: Contract['SweepRequest']): Reply {
    if (request.symbol.includes(',')) {
      const field = 'symbol';
      return problem(422, 'bad_backtest', 'A sweep takes one symbol.', { field });
    }
    this.made += 1;
    const id = `s_${this.made}`;
    const sweep = madeSweep({ id, request, createdAt: this.now() });
    this.sweeps.set(id, sweep);
    return { status: 202, body: sweep.told() };
  }

  private oneSweep(method: string, id: string, given: { status?: 'running' | 'stopped' }): Reply {
    const sweep = this.sweeps.get(id);
    if (!sweep) return problem(404, 'not_found', 'There is no such sweep.');
    if (method === 'DELETE') {
      this.sweeps.delete(id);
      return { status: 204, body: null };
    }
    if (method === 'PUT') sweep.set(given.status ?? 'running');
    else sweep.goOn();
    return ok(sweep.told());
  }
}

/** A name of the language that is one letter too long, or a document without a name. */
function faultsOf(document: string): Contract['StrategyFault'][] {
  const lines = document.split('\n');
  const faults = lines.flatMap((text, index) => {
    const at = text.indexOf('ta.emaa');
    const fault = {
      code: 'bad_expression',
      field: 'let.fast_line',
      line: index + 1,
      column: at + 1,
      length: 7,
    };
    return at < 0
      ? []
      : [{ ...fault, message: "there is no 'ta.emaa' (did you mean 'ta.ema'?)", suggestions: ['ta.ema'] }];
  });
  if (/^name: *\S/m.test(document)) return faults;
  const fault = { code: 'missing_member', field: 'name', line: 1, column: 1, length: 1, suggestions: [] };
  return [{ ...fault, message: 'name: it is needed' }, ...faults];
}
