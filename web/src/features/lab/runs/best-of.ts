/** The places of the best values: none where all are alike, where only one is known, or where neither way is better. */
export function bestOf(values: readonly (number | null)[], sign: 1 | -1 | 0): ReadonlySet<number> {
  const known = values.filter((one) => one !== null);
  if (sign === 0 || known.length < 2 || known.every((one) => one === known[0])) return new Set();
  const best = Math.max(...known.map((one) => one * sign));
  return new Set(values.flatMap((one, index) => (one !== null && one * sign === best ? [index] : [])));
}
