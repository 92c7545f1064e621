/** Levels that some indicators are read against, faintly drawn in their panes. */
const GUIDES: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^ta\.rsi\([^()]*\)$/, [70, 30]],
  [/^ta\.(?:stoch\w*|mfi)\([^()]*\)$/, [80, 20]],
];

/** Those of a text that is one plain call. */
export function guidesOf(text: string): readonly number[] {
  return GUIDES.find(([pattern]) => pattern.test(text.trim()))?.[1] ?? [];
}
