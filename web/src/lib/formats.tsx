import { createContext, type ReactNode, useContext } from 'react';
import type { NumberFormat } from '@/lib/api/account-schemas';
import { makeNumbers, type Numbers } from '@/lib/numbers';
import { makeTimes, type Times } from '@/lib/times';
import { deviceZone, isKnownZone, Zone } from '@/lib/zone';

/** How this person reads numbers and times. The one way by which they reach the screen. */
export interface Formats extends Numbers, Times {}

export interface FormatSettings {
  /** A zone of the IANA database, or `auto`: the device's. One that this browser does not know counts as UTC. */
  readonly timeZone: string;
  readonly numberFormat: NumberFormat;
}

export function makeFormats({ timeZone, numberFormat }: FormatSettings): Formats {
  const wanted = timeZone === 'auto' ? deviceZone() : timeZone;
  const zone = new Zone(isKnownZone(wanted) ? wanted : 'UTC');
  return { ...makeNumbers(numberFormat), ...makeTimes(zone) };
}

const FormatsContext = createContext<Formats>(makeFormats({ timeZone: 'UTC', numberFormat: '1,234.56' }));

export function FormatsProvider({ formats, children }: { formats: Formats; children: ReactNode }) {
  return <FormatsContext value={formats}>{children}</FormatsContext>;
}

export function useFormats(): Formats {
  return useContext(FormatsContext);
}
