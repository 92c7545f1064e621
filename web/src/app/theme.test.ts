import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const css = readFileSync(fileURLToPath(new URL('./theme.css', import.meta.url)), 'utf8');
const at = css.indexOf(':root[data-mantine-color-scheme="light"]');
const SHEETS = { dark: css.slice(0, at), light: css.slice(at) };

function color(scheme: keyof typeof SHEETS, name: string): string {
  const found = new RegExp(`--cw-${name}: (#[0-9a-f]{6});`).exec(SHEETS[scheme])?.[1];
  if (!found) throw new Error(`${scheme} has no ${name}`);
  return found;
}

/** Relative luminance, WCAG 2.1. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const share = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(first: string, second: string): number {
  const [low = 0, high = 0] = [luminance(first), luminance(second)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

describe.each(['dark', 'light'] as const)('on %s', (scheme) => {
  it.each(['up', 'down'])('a candle going %s stands out from the ground', (tone) => {
    expect(contrast(color(scheme, tone), color(scheme, 'panel'))).toBeGreaterThanOrEqual(3);
  });

  it('rising and falling differ without colour too', () => {
    expect(contrast(color(scheme, 'up'), color(scheme, 'down'))).toBeGreaterThanOrEqual(1.6);
  });

  it.each(['1', '2', '3', '4', '5', '6', '7', '8'])(
    'line %s stands out, as a word in the editor too',
    (line) => {
      expect(contrast(color(scheme, `line-${line}`), color(scheme, 'panel'))).toBeGreaterThanOrEqual(4.5);
    },
  );

  it.each(['text', 'text-dim', 'up-text', 'down-text', 'accent-text'])('%s can be read', (name) => {
    expect(contrast(color(scheme, name), color(scheme, 'panel'))).toBeGreaterThanOrEqual(4.5);
  });
});
