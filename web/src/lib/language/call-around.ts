/** A call that a place of a text lies in. */
export interface CallAround {
  readonly name: string;
  /** Where its opening parenthesis stands. */
  readonly open: number;
  /** How many commas of its own come before the place. */
  readonly argument: number;
  /** The name of the argument that the place is in, where it has one. */
  readonly named: string | null;
}

interface Open {
  readonly at: number;
  readonly bracket: string;
  commas: number;
  /** Where the current argument begins. */
  start: number;
}

/** Skips a string or a comment that begins at `i`; gives the first place after it. */
function skip(text: string, i: number, until: number): number {
  const char = text.charAt(i);
  if (char === '/' && text.charAt(i + 1) === '/') {
    const end = text.indexOf('\n', i);
    return end < 0 || end > until ? until : end;
  }
  if (char !== '"' && char !== "'") return i;
  for (let at = i + 1; at < until; at++) {
    if (text.charAt(at) === '\\') at += 1;
    else if (text.charAt(at) === char || text.charAt(at) === '\n') return at + 1;
  }
  return until;
}

/** The innermost call whose parentheses hold `place`; null where there is none. */
export function callAround(text: string, place: number): CallAround | null {
  const open: Open[] = [];
  for (let i = 0; i < place; ) {
    const after = skip(text, i, place);
    if (after > i) {
      i = after;
      continue;
    }
    const char = text.charAt(i);
    const innermost = open.at(-1);
    if (char === '(' || char === '[') open.push({ at: i, bracket: char, commas: 0, start: i + 1 });
    else if (char === ')' || char === ']') open.pop();
    else if (char === ',' && innermost) {
      innermost.commas += 1;
      innermost.start = i + 1;
    }
    i += 1;
  }
  for (const one of open.reverse()) {
    if (one.bracket !== '(') continue;
    const name = /([A-Za-z_][\w.]*)\s*$/.exec(text.slice(0, one.at))?.[1];
    if (name === undefined) continue;
    const named = /^\s*(\w+)\s*=(?!=)/.exec(text.slice(one.start, place))?.[1] ?? null;
    return { name, open: one.at, argument: one.commas, named };
  }
  return null;
}
