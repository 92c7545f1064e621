import type { AuditEntry } from '@/lib/api/account-schemas';
import { deviceWords } from '@/lib/device-words';
import { type UnixMs, unixMs } from '@/lib/time';

const ACTORS: Readonly<Record<string, string>> = {
  cli: 'The command line',
  system: 'The server itself',
  stranger: 'A stranger',
};

/** Who did it. */
export function actorName({ actor, actor_email }: AuditEntry): string {
  return actor_email ?? ACTORS[actor] ?? actor;
}

/** One thing that an entry changed. A side that is null was not there. */
export interface Change {
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** What an entry says of before and after, thing by thing, times as `formatTime` writes them; what stayed the same is left out. */
export function changesOf(
  { before, after }: Pick<AuditEntry, 'before' | 'after'>,
  formatTime: (time: UnixMs) => string,
): readonly Change[] {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...names]
    .map((name) => ({
      name,
      before: written(before, name, formatTime),
      after: written(after, name, formatTime),
    }))
    .filter((change) => change.before !== change.after);
}

function written(
  side: Readonly<Record<string, unknown>> | null,
  name: string,
  formatTime: (time: UnixMs) => string,
): string | null {
  if (side === null || !Object.hasOwn(side, name)) return null;
  const value = side[name];
  if (typeof value === 'string') return name === 'user_agent' ? deviceWords(value) : value;
  if (typeof value === 'number' && name.endsWith('_at')) return formatTime(unixMs(value));
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(String).join(', ');
  return JSON.stringify(value);
}
