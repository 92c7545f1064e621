/** What the browser remembers for this dashboard. Storage may be switched off: then nothing is remembered. */
export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(`candlewick.${name}`, value);
  } catch {
    // Private mode or a full quota: the choice holds until the page is left.
  }
}

export function recall(name: string): string | null {
  try {
    return localStorage.getItem(`candlewick.${name}`);
  } catch {
    return null;
  }
}
