import { useState } from 'react';
import { ChartPanel } from '@/features/chart/chart-panel';
import type { Instrument } from '@/lib/api/schemas';
import { type ChartLayout, type LineColor, withChange, withoutIndicator } from '@/lib/layouts/chart-layout';
import { useStaleReason } from '@/lib/market/use-live';
import { PATTERN_GROUPS, patternScript } from '@/lib/signals/patterns';
import type { Timeframe } from '@/lib/timeframe';

/** The patterns that the signals name, as marks at their bars. */
const PATTERNS: ChartLayout = {
  indicators: PATTERN_GROUPS.map((group) => {
    const { speaksFor, title, patterns } = group;
    const color: LineColor = speaksFor === 'rise' ? '4' : speaksFor === 'fall' ? '5' : '8';
    return {
      id: title,
      text: patternScript(group),
      inputs: {},
      pane: 'overlay',
      colors: patterns.map(() => color),
      // What speaks for neither side is frequent: it is there for who wants it.
      visible: speaksFor !== undefined,
      ...(speaksFor && { speaksFor }),
    };
  }),
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
