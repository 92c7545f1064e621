import type { LabPlace } from '@/lib/lab/lab-place';
import { useLabFeed } from '@/lib/lab/use-lab';
import { ComparePage } from './runs/compare-page';
import { RunsPage } from './runs/runs-page';
import { NewSweepPage } from './sweep/new-sweep-page';
import { SweepPage } from './sweep/sweep-page';
import { SweepsPage } from './sweep/sweeps-page';
import { TestPage } from './test-page';

/** Where in the lab; the strategies themselves are another feature's. */
export type OwnPlace = Exclude<LabPlace, { kind: 'strategies' | 'strategy' }>;

export function LabPages({ place }: { place: OwnPlace }) {
  useLabFeed();
  switch (place.kind) {
    case 'runs':
      return <RunsPage />;
    case 'compare':
      return <ComparePage ids={place.runs} />;
    case 'sweeps':
      return <SweepsPage />;
    case 'sweep':
      return place.sweep === null ? <NewSweepPage /> : <SweepPage key={place.sweep} id={place.sweep} />;
    case 'test':
      return <TestPage id={place.run} />;
  }
}
