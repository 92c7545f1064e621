/** The text of the file that one keeps. */
export function codesFile(codes: readonly string[], email: string): string {
  return [
    `Candlewick recovery codes of ${email}`,
    'Each works once, in place of the six digits. Keep this apart from your phone.',
    '',
    ...codes,
    '',
  ].join('\n');
}
