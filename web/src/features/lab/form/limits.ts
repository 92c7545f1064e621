import type { RunRequest } from '@/lib/lab/run-schemas';
import { readNumber } from './numbers';

/** What an account may have open at once, as it is typed; empty: as the server takes it without. */
export interface LimitTexts {
  readonly positions: string;
  /** Of all positions, in percent of the equity. */
  readonly exposure: string;
  /** Of those of one symbol, likewise. */
  readonly symbolExposure: string;
}

export const NO_LIMITS: LimitTexts = { positions: '', exposure: '', symbolExposure: '' };

const POSITIONS_MAX = 1000;
const PERCENT_MAX = 10_000;
/** Without an own limit: the equity, and nothing borrowed. */
export const ALL_PERCENT = 100;

/** The names of the fields as the API has them. */
export const LIMIT_FIELDS = ['max_positions', 'exposure_percent', 'symbol_exposure_percent'] as const;

export function hasLimits(limits: LimitTexts): boolean {
  return Object.values(limits).some((text) => text.trim() !== '');
}

/** Empty is as good as absent. */
function given(text: string): number | null | undefined {
  return text.trim() === '' ? undefined : readNumber(text);
}

export function limitFaults(limits: LimitTexts): Readonly<Record<string, string>> {
  const faults: Record<string, string> = {};
  const positions = given(limits.positions);
  if (positions === null || (positions !== undefined && !isCount(positions)))
    faults.max_positions = `A whole number, 0 to ${POSITIONS_MAX}.`;
  for (const [name, text] of [
    ['exposure_percent', limits.exposure],
    ['symbol_exposure_percent', limits.symbolExposure],
  ] as const) {
    const percent = given(text);
    if (percent === null || (percent !== undefined && !isPercent(percent)))
      faults[name] = `Above 0, at most ${PERCENT_MAX}.`;
  }
  return faults;
}

const isCount = (value: number) => Number.isInteger(value) && value >= 0 && value <= POSITIONS_MAX;
const isPercent = (value: number) => value > 0 && value <= PERCENT_MAX;

/** Those that are not the defaults, as the API takes them. `limits` has no faults. */
export function limitsRequest(
  limits: LimitTexts,
): Pick<RunRequest, 'max_positions' | 'exposure_percent' | 'symbol_exposure_percent'> {
  const [positions, exposure, own] = [limits.positions, limits.exposure, limits.symbolExposure].map(given);
  return {
    ...(positions ? { max_positions: positions } : {}),
    ...(exposure == null || exposure === ALL_PERCENT ? {} : { exposure_percent: exposure }),
    ...(own == null ? {} : { symbol_exposure_percent: own }),
  };
}

/** The limits of a request, as they are typed. */
export function limitsOf(request: RunRequest): LimitTexts {
  const { max_positions: positions, exposure_percent: exposure, symbol_exposure_percent: own } = request;
  return {
    positions: positions ? String(positions) : '',
    exposure: exposure === undefined || exposure === ALL_PERCENT ? '' : String(exposure),
    symbolExposure: own === undefined ? '' : String(own),
  };
}

/** What one symbol may have where nothing else is said: an equal share. Null where the other limits are none. */
export function equalShare(limits: LimitTexts, symbols: number): number | null {
  const [positions, exposure] = [given(limits.positions) ?? 0, given(limits.exposure) ?? ALL_PERCENT];
  if ('max_positions' in limitFaults(limits) || 'exposure_percent' in limitFaults(limits)) return null;
  return exposure / Math.max(1, positions > 0 ? Math.min(positions, symbols) : symbols);
}
