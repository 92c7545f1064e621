/** A pattern as the signals name it, and when it holds, in the language. A test holds the list to the server's own. */
interface Pattern {
  readonly name: string;
  readonly when: string;
}

/** The patterns of one side: `lines` are what their conditions use. */
export interface PatternGroup {
  readonly title: string;
  /** Missing: they speak for neither side. */
  readonly speaksFor?: 'rise' | 'fall';
  readonly lines: readonly string[];
  readonly patterns: readonly Pattern[];
}

const BREAKOUT = '[breakout, top, bottom, top_bar, bottom_bar] = pattern.range_breakout(20)';
const DIVERGENCE =
  '[divergence, first_bar, second_bar, first_value, second_value] = pattern.rsi_divergence(14, 5, 5, 60)';

export const PATTERN_GROUPS: readonly PatternGroup[] = [
  {
    title: 'Bullish patterns',
    speaksFor: 'rise',
    lines: [BREAKOUT, DIVERGENCE],
    patterns: [
      { name: 'Bullish engulfing', when: 'pattern.engulfing > 0' },
      { name: 'Hammer', when: 'pattern.hammer > 0' },
      { name: 'Morning star', when: 'pattern.morning_star() > 0' },
      { name: 'Piercing line', when: 'pattern.piercing > 0' },
      { name: 'Three white soldiers', when: 'pattern.three_white_soldiers > 0' },
      { name: 'Breakout upward', when: 'breakout > 0' },
      { name: 'Bullish divergence', when: 'divergence > 0' },
    ],
  },
  {
    title: 'Bearish patterns',
    speaksFor: 'fall',
    lines: [BREAKOUT, DIVERGENCE],
    patterns: [
      { name: 'Bearish engulfing', when: 'pattern.engulfing < 0' },
      { name: 'Shooting star', when: 'pattern.shooting_star < 0' },
      { name: 'Evening star', when: 'pattern.evening_star() < 0' },
      { name: 'Dark cloud cover', when: 'pattern.dark_cloud_cover() < 0' },
      { name: 'Three black crows', when: 'pattern.three_black_crows < 0' },
      { name: 'Breakout downward', when: 'breakout < 0' },
      { name: 'Bearish divergence', when: 'divergence < 0' },
    ],
  },
  {
    title: 'Undecided patterns',
    lines: ['[tight, way] = pattern.squeeze(20, 2, 1.5)'],
    patterns: [
      { name: 'Doji', when: 'pattern.doji > 0' },
      { name: 'Inside bar', when: 'pattern.inside_bar > 0' },
      { name: 'Squeeze', when: 'tight' },
    ],
  },
];

/** A script that plots each pattern of a group by its name. */
export function patternScript({ title, lines, patterns }: PatternGroup): string {
  const plots = patterns.map(({ name, when }) => `plot(${when}, "${name}")`);
  return [`indicator("${title}")`, ...lines, ...plots].join('\n');
}
