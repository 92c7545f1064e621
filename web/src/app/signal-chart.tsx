import { useState } from 'react';
import { ChartPanel } from '@/features/chart/chart-panel';
import type { Instrument } from '@/lib/api/schemas';
import { type ChartLayout, withChange, withoutIndicator } from '@/lib/layouts/chart-layout';
import { useStaleReason } from '@/lib/market/use-live';
import type { Timeframe } from '@/lib/timeframe';

/** Candlesticks that speak for one side, as marks at their bars. Each variable's name is what the legend calls it. */
const BULLISH = [
  'pattern.engulfing > 0',
  'pattern.hammer > 0',
  'pattern.inverted_hammer > 0',
  'pattern.piercing > 0',
  'pattern.three_inside > 0',
  'pattern.three_outside > 0',
  'pattern.three_white_soldiers > 0',
];
const BEARISH = [
  'pattern.engulfing < 0',
  'pattern.hanging_man < 0',
  'pattern.shooting_star < 0',
  'pattern.three_inside < 0',
  'pattern.three_outside < 0',
  'pattern.three_black_crows < 0',
];
const anyOf = (name: string, conditions: readonly string[]) =>
  `${name} = ${conditions.join(' or ')}\n${name}`;

const PATTERNS: ChartLayout = {
  indicators: [
    {
      id: 'bullish',
      text: anyOf('bullish', BULLISH),
      inputs: {},
      pane: 'overlay',
      colors: ['4'],
      visible: true,
      speaksFor: 'rise',
    },
    {
      id: 'bearish',
      text: anyOf('bearish', BEARISH),
      inputs: {},
      pane: 'overlay',
      colors: ['5'],
      visible: true,
      speaksFor: 'fall',
    },
  ],
  panes: {},
};

/** The chart on a page of signals: candles and the patterns in them. Its marks can be hidden; what else, is for the desk. */
export function SignalChart({
  instrument,
  timeframe,
  scheme,
}: {
  instrument: Instrument;
  timeframe: Timeframe;
  scheme: 'dark' | 'light';
}) {
  const silent = useStaleReason();
  const [layout, setLayout] = useState(PATTERNS);
  const [marked, setMarked] = useState(true);
  return (
    <ChartPanel
      instrument={instrument}
      timeframe={timeframe}
      scheme={scheme}
      history={undefined}
      live={silent === null && instrument.followed}
      inPage
      layout={layout}
      signals={{ shown: marked, toggle: () => setMarked(!marked) }}
      actions={{
        change: (id, part) => setLayout((known) => withChange(known, id, part)),
        remove: (id) => setLayout((known) => withoutIndicator(known, id)),
        configure: null,
        resize: () => {},
      }}
    />
  );
}
