/* Where in a strategy's document one is, as far as completion needs to know: by indentation and braces, not by a parser of YAML. */

export interface DocumentPlace {
  /** The members around, from the outside: `['long', 'stop']`. */
  readonly path: readonly string[];
  /** A member's name is being written; else the value of the last of `path`. */
  readonly part: 'name' | 'value';
  /** What is written of it so far begins here. */
  readonly from: number;
}

const NAME = /^(\s*)(?:- +)?("[^"]*"|'[^']*'|\[[^\]]*\]|[\w.-]+(?:\([^)]*\))?)\s*:(?=\s|$)/;

/** The text without what stands in quotes, also in open ones, each character still at its place. */
function withoutQuotes(text: string): string {
  return text.replace(/"[^"]*(?:"|$)|'[^']*(?:'|$)/g, (all) => ' '.repeat(all.length));
}

/** The members whose lines are above `line` and further left, from the outside. */
function pathAbove(lines: readonly string[], line: number, indent: number): string[] {
  const path: string[] = [];
  let left = indent;
  for (let i = line - 1; i >= 0 && left > 0; i--) {
    const text = lines[i] ?? '';
    if (text.trim() === '' || text.trimStart().startsWith('#')) continue;
    const own = text.length - text.trimStart().length;
    if (own >= left) continue;
    const name = NAME.exec(text)?.[2];
    if (name !== undefined) path.unshift(name.replace(/^["']|["']$/g, ''));
    left = own;
  }
  return path;
}

/** Null: in a comment. */
export function documentPlace(text: string, position: number): DocumentPlace | null {
  const before = text.slice(0, position);
  const lines = before.split('\n');
  const line = lines.length - 1;
  const current = lines[line] ?? '';
  const start = position - current.length;
  const plain = withoutQuotes(current);
  if (/(^|\s)#/.test(plain)) return null;
  const indent = current.length - current.trimStart().length;
  const path = pathAbove(lines, line, current.trim() === '' ? current.length : indent);
  const named = NAME.exec(current);
  if (named) path.push((named[2] ?? '').replace(/^["']|["']$/g, ''));

  // Within braces that are still open: the member before each, and what is written in the last.
  let rest = named ? named[0].length : indent;
  let open: number | null = null;
  for (let at = rest; at < plain.length; at++) {
    if (plain[at] === '{') {
      const member = /([\w]+)\s*:\s*$/.exec(plain.slice(rest, at))?.[1];
      if (open !== null && member) path.push(member);
      open = at;
      rest = at + 1;
    } else if (plain[at] === '}') {
      open = null;
      rest = at + 1;
    } else if (plain[at] === ',' && open !== null) rest = at + 1;
  }
  if (open !== null) {
    const piece = current.slice(rest);
    const member = /^\s*(\w+)\s*:\s?/.exec(piece);
    if (member)
      return { path: [...path, member[1] ?? ''], part: 'value', from: start + rest + member[0].length };
    return { path, part: 'name', from: start + rest + (piece.length - piece.trimStart().length) };
  }
  if (named) {
    const blank = /^\s*/.exec(current.slice(named[0].length))?.[0].length ?? 0;
    return { path, part: 'value', from: start + named[0].length + blank };
  }
  // An expression that goes on over lines, or an item of a list.
  const folded = /:\s*[>|]-?\s*$/.test(lines.slice(0, line).findLast((one) => one.trim() !== '') ?? '');
  const item = /^\s*- +/.exec(current);
  if (folded || item) return { path, part: 'value', from: start + (item?.[0].length ?? indent) };
  return { path, part: 'name', from: start + indent };
}

/** Names that the document itself gives: those of its inputs and of `let`. */
export function documentNames(text: string): readonly string[] {
  const names = new Set<string>();
  let room: string | null = null;
  let inner: number | null = null;
  for (const line of text.split('\n')) {
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue;
    const indent = line.length - line.trimStart().length;
    const name = NAME.exec(line)?.[2];
    if (indent === 0) {
      room = name ?? null;
      inner = null;
    } else if ((room === 'inputs' || room === 'let') && name !== undefined) {
      inner ??= indent;
      if (indent !== inner) continue;
      const bare = name.replace(/^["']|["']$/g, '').replace(/\(.*$/, '');
      for (const one of bare.replace(/[[\]]/g, '').split(','))
        if (/^[A-Za-z_]\w*$/.test(one.trim()) && one.trim() !== '_') names.add(one.trim());
    }
  }
  return [...names];
}
