import type { UnixMs } from '@/lib/time';
import { isKnownZone, Zone } from '@/lib/zone';

export interface ZoneOption {
  readonly value: string;
  readonly label: string;
}

/** Zones that were renamed; many browsers still list them by the old name. */
const RENAMED: Readonly<Record<string, string>> = {
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'America/Godthab': 'America/Nuuk',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
  'Pacific/Ponape': 'Pacific/Pohnpei',
  'Pacific/Truk': 'Pacific/Chuuk',
};

function nameOfToday(name: string): string {
  const today = RENAMED[name];
  return today && isKnownZone(today) ? today : name;
}

/** Every zone that the browser knows, with what it is ahead of UTC now; first the device's own and UTC. */
export function zoneOptions(now: UnixMs, device: string, chosen: string): readonly ZoneOption[] {
  const known = new Set(Intl.supportedValuesOf('timeZone').map(nameOfToday));
  known.delete('UTC');
  // Also one under another name than the browser lists it by.
  if (chosen !== 'auto' && chosen !== 'UTC') known.add(chosen);
  return [
    { value: 'auto', label: `As this device: ${device.replaceAll('_', ' ')}` },
    { value: 'UTC', label: 'UTC' },
    ...[...known]
      .sort()
      .map((name) => ({ value: name, label: `${name.replaceAll('_', ' ')} (${ahead(name, now)})` })),
  ];
}

function ahead(name: string, now: UnixMs): string {
  try {
    return new Zone(name).offsetText(now);
  } catch {
    return 'not known to this browser';
  }
}
