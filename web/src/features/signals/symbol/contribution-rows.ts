import type { Reason } from '@/lib/signals/schemas';

/** What a score is made of: large reasons one by one, the small ones together. */
export interface Contributions {
  /** The largest first. */
  readonly large: readonly Reason[];
  readonly small: readonly Reason[];
  readonly smallSum: number;
  /** 50 and all reasons: the score, as the server adds it up. */
  readonly total: number;
  /** The size of the largest, by which bars are drawn. */
  readonly most: number;
}

/** So many are shown at first, and only those of half a point or more. */
const LARGE_MAX = 8;
const LARGE_LEAST = 0.5;

const sum = (reasons: readonly Reason[], from: number) =>
  reasons.reduce((total, { contribution }) => total + contribution, from);

export function contributionsOf(reasons: readonly Reason[]): Contributions {
  const bySize = [...reasons].sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
  const firstSmall = bySize.findIndex(
    ({ contribution }, index) => index >= LARGE_MAX || Math.abs(contribution) < LARGE_LEAST,
  );
  // A single small one takes no more room than the line that would stand for it.
  const cut = firstSmall < 0 || firstSmall >= bySize.length - 1 ? bySize.length : firstSmall;
  const small = bySize.slice(cut);
  return {
    large: bySize.slice(0, cut),
    small,
    smallSum: sum(small, 0),
    total: sum(reasons, 50),
    most: Math.max(0.1, Math.abs(bySize[0]?.contribution ?? 0)),
  };
}
