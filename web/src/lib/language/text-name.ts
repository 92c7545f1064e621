import type { Plot } from '@/lib/language/types';

const NAME_MAX = 60;

function firstString(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map((match) => (match[2] ?? '').trim()).filter(Boolean);
}

/** The title that a script gives itself: `indicator("Title")`. */
const OWN_TITLE = /\b(?:indicator|study)\s*\(\s*(?:title\s*=\s*)?(["'])(.*?)\1/g;
/** The title of a `plot(…, "Title")`, whose value holds no calls deeper than two. */
const PLOT_TITLE = /\bplot\s*\((?:[^"'()]|\((?:[^()]|\([^()]*\))*\))*(["'])(.*?)\1/g;

function withoutComments(text: string): string {
  return text.replace(/^\s*\/\/.*$/gm, '');
}

function clipped(name: string): string {
  const flat = name.replace(/\s+/g, ' ').trim();
  return flat.length > NAME_MAX ? `${flat.slice(0, NAME_MAX - 1)}…` : flat;
}

/**
 * What a text is called where there is no room for it: its own title, else those of its plots, else its first line. One line
 * that plots nothing by name is its own name. `plots`: what the server says of them, once it has.
 */
export function textName(text: string, plots: readonly Plot[] = []): string {
  const code = withoutComments(text);
  const own = firstString(code, OWN_TITLE)[0];
  if (own) return clipped(own);
  const titles = firstString(code, PLOT_TITLE);
  if (titles.length > 0) return clipped(titles.join(', '));
  const lines = code.trim().split('\n');
  // A call broken into lines is one call still.
  if (lines.length === 1 || /^[\w.]+\([^=]*\)$/.test(code.trim())) return clipped(code);
  const told = plots.map((plot) => plot.title).filter(Boolean);
  return clipped(told.length > 0 ? told.join(', ') : (lines[0] ?? ''));
}
