import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { PATTERN_GROUPS, patternScript } from './patterns';

interface Named {
  readonly name: string;
  readonly when: string;
  readonly let?: readonly string[];
}

/** The patterns of the document that the server ships. */
function shipped(): readonly Named[] {
  const path = new URL('../../../../src/signals/default_components.cpp', import.meta.url);
  const source = readFileSync(fileURLToPath(path), 'utf8');
  return JSON.parse(source.split('R"json(')[1]?.split(')json"')[0] ?? '{}').patterns;
}

/** A condition with its variables named alike: what they are called says nothing. */
function plain(text: string): string {
  return text.replace(/\b(breakout|divergence)\b/g, 'signal');
}

it('the chart’s patterns are those that the signals name, by the same conditions', () => {
  const ours = PATTERN_GROUPS.flatMap((group) => group.patterns.map((one) => ({ ...one, group })));
  expect(ours.map((one) => one.name).sort()).toEqual(
    shipped()
      .map((one) => one.name)
      .sort(),
  );
  for (const { name, when, let: lines = [] } of shipped()) {
    const mine = ours.find((one) => one.name === name);
    expect(plain(mine?.when ?? ''), name).toBe(when);
    // The right sides of its lines are among ours.
    const ends = mine?.group.lines.map((line) => line.split(' = ')[1]);
    for (const line of lines) expect(ends, name).toContain(line.split(' = ')[1]);
  }
});

it('a group is one script, each pattern a plot by its name', () => {
  const [bullish] = PATTERN_GROUPS;
  if (!bullish) throw new Error('no group');
  const script = patternScript(bullish).split('\n');
  expect(script[0]).toBe('indicator("Bullish patterns")');
  expect(script).toContain('plot(pattern.hammer > 0, "Hammer")');
  expect(script).toHaveLength(1 + bullish.lines.length + bullish.patterns.length);
});
