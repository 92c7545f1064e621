/** A number as people type it; null where it is none. */
export function readNumber(text: string): number | null {
  const plain = text.trim().replaceAll(/[\s_]/g, '').replace(',', '.');
  if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain)) return null;
  const value = Number(plain);
  return Number.isFinite(value) ? value : null;
}
