import type { LabPlace } from '@/lib/lab/lab-place';
import { useLabFeed } from '@/lib/lab/use-lab';
import { ComparePage } from './runs/compare-page';
import { RunsPage } from './runs/runs-page';
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
    default:
      return <TestPage id={place.kind === 'test' ? place.run : null} />;
  }
}
