/** What is wrong with an e-mail address at first sight; the server looks closer. */
export function emailFault(email: string): string | undefined {
  if (email.trim() === '') return 'Enter your e-mail address.';
  if (!/^[^\s@]+@[^\s@]+$/.test(email.trim()))
    return 'This is no e-mail address: it needs one “@” with text on both sides.';
  return undefined;
}

export const PASSWORD_MIN = 8;
export const PASSWORD_MAX = 128;

/** What is wrong with a new password, by the rules of the server: its length, and nothing else. */
export function newPasswordFault(password: string): string | undefined {
  const length = [...password].length;
  if (length < PASSWORD_MIN) {
    return length === 0
      ? 'Choose a password.'
      : `Use at least ${PASSWORD_MIN} characters: this has ${length}.`;
  }
  if (length > PASSWORD_MAX) return `Use at most ${PASSWORD_MAX} characters: this has ${length}.`;
  return undefined;
}

/** Only the faults there are. */
export function faultsOf<N extends string>(all: Record<N, string | undefined>): Partial<Record<N, string>> {
  const entries = Object.entries<string | undefined>(all).filter(([, fault]) => fault !== undefined);
  return Object.fromEntries(entries) as Partial<Record<N, string>>;
}
