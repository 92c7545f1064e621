import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { z } from 'zod';
import {
  apiKeyListSchema,
  auditPageSchema,
  createdApiKeySchema,
  invitationListSchema,
  madeLinkSchema,
  NUMBER_FORMATS,
  ROLES,
  recoveryCodesSchema,
  SCOPES,
  sessionListSchema,
  settingsSchema,
  signInSchema,
  socketTicketSchema,
  THEMES,
  totpBegunSchema,
  userSchema,
  watchlistSchema,
} from './api/account-schemas';
import {
  candlePageSchema,
  marketStatusSchema,
  problemSchema,
  readySchema,
  symbolListSchema,
  tickerSchema,
} from './api/schemas';
import { limitsSchema, RUN_STATES, runSchema, symbolPartSchema } from './lab/run-schemas';
import { strategyCheckedSchema, strategyInputSchema, tradeSchema } from './lab/strategy-schemas';
import { sweepSchema } from './lab/sweep-schemas';
import { DIRECTIONS, HORIZONS, SIGNAL_TIMEFRAMES } from './signals/direction';
import { signalEventSchema } from './signals/schemas';
import { CHANNELS, FEEDS, serverMessageSchema } from './socket/messages';
import { madeCandles, madeRun } from './testing-runs';
import { signalEvent } from './testing-signals';
import { madeSweep } from './testing-sweeps';
import { TIMEFRAMES } from './timeframe';

const web = fileURLToPath(new URL('../..', import.meta.url));
const read = (name: string) => parse(readFileSync(join(web, '../docs', name), 'utf8'));

interface Content {
  readonly schema?: { readonly $ref?: string };
  readonly example?: unknown;
  readonly examples?: Record<string, { value: unknown }>;
}

/** Every example of the file beside the name of its schema. */
function examplesOf(node: unknown): { schema: string; value: unknown }[] {
  if (typeof node !== 'object' || node === null) return [];
  const { schema, example, examples } = node as Content;
  const own = schema?.$ref
    ? [
        ...(example === undefined ? [] : [example]),
        ...(Array.isArray(examples) ? [] : Object.values(examples ?? {}).map((one) => one.value)),
      ].map((value) => ({ schema: schema.$ref?.split('/').at(-1) ?? '', value }))
    : [];
  return [...own, ...Object.values(node).flatMap(examplesOf)];
}

const SCHEMAS: Record<string, z.ZodType> = {
  ApiKeyList: apiKeyListSchema,
  AuditPage: auditPageSchema,
  CandlePage: candlePageSchema,
  CreatedApiKey: createdApiKeySchema,
  InvitationList: invitationListSchema,
  MadeLink: madeLinkSchema,
  MarketStatus: marketStatusSchema,
  Problem: problemSchema,
  Ready: readySchema,
  RecoveryCodes: recoveryCodesSchema,
  SessionList: sessionListSchema,
  Settings: settingsSchema,
  SignIn: signInSchema,
  SocketTicket: socketTicketSchema,
  StrategyChecked: strategyCheckedSchema,
  SymbolList: symbolListSchema,
  Ticker: tickerSchema,
  TotpBegun: totpBegunSchema,
  User: userSchema,
  Watchlist: watchlistSchema,
};

describe('docs/openapi.yaml', () => {
  const openapi = read('openapi.yaml');

  it('is what the client types were generated from', () => {
    const folder = mkdtempSync(join(tmpdir(), 'candlewick-schema-'));
    try {
      const fresh = join(folder, 'schema.ts');
      const generator = join(web, 'node_modules/openapi-typescript/bin/cli.js');
      execFileSync(process.execPath, [generator, join(web, '../docs/openapi.yaml'), '-o', fresh], {
        stdio: 'pipe',
      });
      const committed = readFileSync(join(web, 'src/lib/api/schema.ts'), 'utf8');
      expect(committed, 'run `npm run generate` and commit the result').toBe(readFileSync(fresh, 'utf8'));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('has only examples that the dashboard reads', () => {
    const examples = examplesOf(openapi).filter((one) => one.schema in SCHEMAS);
    expect(new Set(examples.map((one) => one.schema))).toEqual(new Set(Object.keys(SCHEMAS)));
    for (const { schema, value } of examples) {
      expect(SCHEMAS[schema]?.safeParse(value).error, `${schema}: ${JSON.stringify(value)}`).toBeUndefined();
    }
  });

  it('has the same timeframes as the dashboard', () => {
    expect(openapi.components.schemas.Timeframe.enum).toEqual(TIMEFRAMES);
  });

  it('has the same directions, horizons and scored timeframes as the dashboard', () => {
    const { Direction, HorizonName, SignalTimeframe } = openapi.components.schemas;
    expect(Direction.enum).toEqual([...DIRECTIONS, null]);
    expect(HorizonName.enum).toEqual(HORIZONS);
    expect(SignalTimeframe.enum).toEqual(SIGNAL_TIMEFRAMES);
  });

  it('has the same states of runs and types of inputs as the dashboard', () => {
    const { RunStatus, StrategyInput } = openapi.components.schemas;
    expect(RunStatus.enum).toEqual(RUN_STATES);
    expect(StrategyInput.properties.type.enum).toEqual(strategyInputSchema.shape.type.options);
  });

  it('has runs and sweeps with the members that the dashboard reads and its tests make', () => {
    const { Backtest, BacktestItem, Sweep, SweepItem } = openapi.components.schemas;
    const run = madeRun({ candles: madeCandles(400) });
    expect(runSchema.parse(run).trades?.length).toBeGreaterThan(3);
    const known = { ...BacktestItem.properties, ...Backtest.allOf[1].properties };
    expect(Object.keys(run).filter((name) => !(name in known))).toEqual([]);
    expect(BacktestItem.required.filter((name: string) => !(name in run))).toEqual([]);
    const sweep = madeSweep({ id: 's_1', request: { symbol: 'BTCUSDT', axes: { fast: '5:20:5' } } });
    sweep.goOn();
    expect(sweepSchema.parse(sweep.told()).cells).toHaveLength(1);
    const { required } = Sweep.allOf[1];
    expect(Object.keys(sweep.told()).sort()).toEqual([...SweepItem.required, ...required].sort());
  });

  it('has runs over several symbols as the dashboard reads them and its tests make them', () => {
    const { BacktestSymbol, AccountLimits, BacktestTrade, BacktestRequest } = openapi.components.schemas;
    for (const [schema, { required }] of [
      [symbolPartSchema, BacktestSymbol],
      [limitsSchema, AccountLimits],
      [tradeSchema, BacktestTrade],
    ] as const)
      expect(Object.keys(schema.shape).sort()).toEqual([...required].sort());
    const request = { symbol: 'BTCUSDT,ETHUSDT', max_positions: 1, exposure_percent: 50 };
    for (const name of Object.keys(request)) expect(BacktestRequest.properties).toHaveProperty(name);
    const made = madeRun({ candles: madeCandles(400), request });
    const run = runSchema.parse(made);
    expect([run.symbol, run.venue]).toEqual(['BTCUSDT,ETHUSDT', 'practice']);
    expect(run.symbols).toEqual(made.symbols);
    expect(run.symbols?.reduce((sum, one) => sum + one.trades, 0)).toBe(made.metrics?.trades?.value);
    expect(run.limits).toEqual({ max_positions: 1, exposure_percent: 50, symbol_exposure_percent: 50 });
    expect(new Set(run.trades?.map((one) => one.symbol))).toEqual(new Set(['BTCUSDT', 'ETHUSDT']));
    expect(run.request).toMatchObject(request);
  });

  it('has the same roles, scopes, number formats and themes as the dashboard', () => {
    const { Role, Scope, Settings, SettingsChange } = openapi.components.schemas;
    expect(Role.enum).toEqual(ROLES);
    expect(Scope.enum).toEqual(SCOPES);
    for (const { properties } of [Settings, SettingsChange]) {
      expect(properties.number_format.enum).toEqual(NUMBER_FORMATS);
      expect(properties.theme.enum).toEqual(THEMES);
    }
  });

  it('has every path that the dashboard asks for', () => {
    const clients = [
      'api/accounts',
      'api/client',
      'signals/signals-client',
      'lab/lab-client',
      'lab/strategies-client',
    ];
    const client = clients.map((name) => readFileSync(join(web, `src/lib/${name}.ts`), 'utf8'));
    const asked = client.flatMap((text) =>
      [...text.matchAll(/['`](\/(?:api|health)[^'`$?]*)/g)].map(([, path]) => path ?? ''),
    );
    expect(asked.length).toBeGreaterThan(25);
    const known = Object.keys(openapi.paths);
    const missing = asked.filter(
      (path) => !known.some((one) => one === path || one.replace(/\{.*$/, '') === path),
    );
    expect(missing).toEqual([]);
  });

  it('explains the code of every problem it shows, with the same status and title', () => {
    const codes = openapi['x-problem-codes'];
    const problems = examplesOf(openapi).filter((one) => one.schema === 'Problem');
    expect(problems.length).toBeGreaterThan(5);
    for (const { value } of problems) {
      const { code, status, title } = problemSchema.parse(value);
      expect(codes[code], code).toMatchObject({ status, title });
    }
  });
});

describe('docs/asyncapi.yaml', () => {
  const { components } = read('asyncapi.yaml');
  const payloads = Object.values(
    components.messages as Record<string, { examples: { payload: object }[] }>,
  ).flatMap((message) =>
    message.examples.map((example) => example.payload as { type: string; channel?: string }),
  );
  /** What is read by: of `market_data` an expression's values are another kind of message. */
  const feedOfExample = (channel: string, body: unknown) =>
    FEEDS[
      (channel === 'market_data' &&
      typeof body === 'object' &&
      body !== null &&
      ('expr' in body || 'provisional' in body)
        ? 'values'
        : channel) as keyof typeof FEEDS
    ];
  const fromServer = payloads.filter(
    (one) => !['subscribe', 'unsubscribe', 'ping', 'auth'].includes(one.type),
  );

  it.each(fromServer.map((payload) => [JSON.stringify(payload).slice(0, 90), payload]))(
    'the dashboard reads %s',
    (_, payload) => {
      const message = serverMessageSchema.parse(payload);
      if (message.type === 'data') feedOfExample(message.channel, message.data).data.parse(message.data);
      if (message.type === 'subscribed')
        feedOfExample(message.channel, message.snapshot).snapshot.parse(message.snapshot);
    },
  );

  it('has an example of every message that the dashboard knows', () => {
    // `values` may also come as the body of a `data`.
    const known = serverMessageSchema.options
      .map((option) => option.shape.type.value)
      .filter((type) => type !== 'values');
    expect(new Set(fromServer.map((one) => one.type).filter((type) => type !== 'values'))).toEqual(
      new Set(known),
    );
  });

  it('has the channels of the dashboard', () => {
    // The one of the lab is not in the file yet.
    expect(new Set([...components.schemas.Channel.enum, 'backtests'])).toEqual(
      new Set(Object.keys(CHANNELS)),
    );
  });

  it('has signals as the dashboard reads them and its tests make them', () => {
    const { required, properties } = components.schemas.SignalEvent;
    const made = signalEvent({ symbol: 'BTCUSDT', mood: 0.8, price: 87_600 }, '1h', 3_600_000);
    expect(Object.keys(signalEventSchema.shape).sort()).toEqual([...required].sort());
    expect(Object.keys(made).sort()).toEqual([...required].sort());
    expect(signalEventSchema.parse(made)).toEqual(made);
    expect(signalEventSchema.shape.timeframe.options).toEqual(properties.timeframe.enum);
    expect(signalEventSchema.shape.direction.options).toEqual(properties.direction.enum);
    expect(signalEventSchema.shape.regime.options).toEqual(properties.regime.enum);
  });
});
