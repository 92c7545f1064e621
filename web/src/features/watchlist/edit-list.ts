import type { Instrument } from '@/lib/api/schemas';

/** What the server keeps of one person's list (docs/openapi.yaml). */
export const WATCHED_MAX = 200;

/** One place up (-1) or down (+1); at the end of the list nothing changes. */
export function moved(list: readonly Instrument[], one: Instrument, by: 1 | -1): readonly Instrument[] {
  const from = list.indexOf(one);
  const to = from + by;
  if (from < 0 || to < 0 || to >= list.length) return list;
  const next = [...list];
  next.splice(from, 1);
  next.splice(to, 0, one);
  return next;
}

export function without(list: readonly Instrument[], one: Instrument): readonly Instrument[] {
  return list.filter((other) => other !== one);
}

/** At the end of the list; one that is in it stays where it is, and a full list stays as it is. */
export function withAdded(list: readonly Instrument[], one: Instrument): readonly Instrument[] {
  return list.includes(one) || list.length >= WATCHED_MAX ? list : [...list, one];
}

/** What is edited first: the own list, else what is shown without one and can be kept. */
export function startingList(
  own: readonly Instrument[] | null,
  all: readonly Instrument[],
): readonly Instrument[] {
  return own ?? all.filter((one) => one.followed).slice(0, WATCHED_MAX);
}
