// What the fixture server answers of expressions and layouts.
import { type Bars, evaluateText, faultOf } from './fixture-language.ts';

export interface Reply {
  readonly status: number;
  readonly body: object | null;
}

export function ok(body: object): Reply {
  return { status: 200, body };
}

export function problem(status: number, code: string, detail: string, more: object = {}): Reply {
  return { status, body: { type: `/api/docs#code-${code}`, title: code, status, code, detail, ...more } };
}

function badExpression(expressions: readonly string[]): Reply | null {
  const fault = expressions.map(faultOf).find((one) => one !== null);
  return fault ? problem(400, 'bad_expression', fault.message, { diagnostic: fault }) : null;
}

/** GET /api/market/eval: the values at `candles`; `before` is what they look back on. */
export function evaluated(symbol: string, query: URLSearchParams, before: Bars, candles: Bars): Reply {
  const expr = query.get('expr') ?? '';
  const refusal = badExpression([expr]);
  if (refusal) return refusal;
  const plots = (evaluateText(expr, [...before, ...candles]) ?? []).map((plot) => ({
    ...plot,
    values: plot.values.slice(before.length),
  }));
  const times = candles.map((candle) => candle[0]);
  return ok({
    symbol,
    timeframe: query.get('timeframe') ?? '1m',
    canonical: expr,
    first_bar: times[0] ?? null,
    plots,
    times,
  });
}

/** GET /api/market/screen over the bars of each instrument, the newest of which opens at `time`. */
export function screened(
  query: URLSearchParams,
  time: number,
  instruments: readonly { readonly symbol: string; readonly bars: Bars }[],
): Reply {
  const expressions = query.getAll('expr');
  const refusal = badExpression(expressions);
  if (refusal) return refusal;
  const kinds = expressions.map((expr) => evaluateText(expr, [[0, 1, 1, 1, 1, 1]])?.[0]?.type ?? 'float');
  const rows = instruments
    .map(({ symbol, bars }) => ({
      symbol,
      venue: 'practice',
      time,
      price: bars.at(-1)?.[4] ?? 0,
      all: expressions.map((expr) => evaluateText(expr, bars)?.[0]?.values.at(-1) ?? null),
    }))
    .filter(({ all }) => all.every((value, index) => kinds[index] !== 'bool' || value === 1))
    .map(({ all, ...row }) => ({ ...row, values: all.filter((_, index) => kinds[index] !== 'bool') }));
  const plots = expressions.map((expr, index) => ({
    ...{ expr, title: expr, type: kinds[index], overlay: false, event: false },
  }));
  return ok({
    timeframe: query.get('timeframe') ?? '1h',
    columns: plots.filter(({ type }) => type !== 'bool'),
    filters: plots.filter(({ type }) => type === 'bool'),
    rows,
    skipped: [{ symbol: 'OLDUSDT', venue: 'practice', reason: 'no closed bar of 1h is stored' }],
    newest_bar: time,
    matched: rows.length,
    screened: instruments.length + 1,
    as_of: time,
  });
}

/** The paths of layouts; null where a request is for none of them. */
export function layoutReply(
  layouts: Map<string, unknown>,
  method: string,
  pathname: string,
  body: string,
): Reply | null {
  if (pathname === '/api/me/layouts') {
    return ok({ layouts: [...layouts].map(([name, document]) => ({ name, document })) });
  }
  const name = /^\/api\/me\/layouts\/(.+)$/.exec(pathname)?.[1];
  if (name === undefined) return null;
  if (method === 'DELETE') layouts.delete(decodeURIComponent(name));
  else layouts.set(decodeURIComponent(name), JSON.parse(body).document);
  return { status: 204, body: null };
}
