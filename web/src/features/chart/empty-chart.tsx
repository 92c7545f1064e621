import { Button } from '@mantine/core';
import { MessagePanel } from '@/components/message-panel';
import type { HistoryItem, Instrument } from '@/lib/api/schemas';
import { formatShare } from '@/lib/numbers';
import type { ChartData } from './candle-feed';

/** Why there is no chart, and what comes next. */
export function EmptyChart({
  data,
  instrument,
  history,
  onRetry,
}: {
  data: ChartData;
  instrument: Instrument;
  history: HistoryItem | undefined;
  onRetry: () => void;
}) {
  const { phase, problem, series } = data;
  if (phase === 'loading')
    return <MessagePanel title="Loading candles…">The chart appears in a moment.</MessagePanel>;
  if (phase === 'failed' && problem) {
    return (
      <MessagePanel
        role="alert"
        title="The candles could not be loaded"
        actions={
          <Button size="xs" onClick={onRetry}>
            Try again
          </Button>
        }
      >
        {problem.message}
      </MessagePanel>
    );
  }
  if (series.backfill.state === 'none') {
    return (
      <MessagePanel title="No candles are stored">
        Nothing of {instrument.symbol} is stored in this timeframe, and nobody fetches it. Import a file with
        “candlewick import”, or choose another timeframe.
      </MessagePanel>
    );
  }
  return (
    <MessagePanel title="Fetching history">
      The server is fetching the candles of {instrument.symbol} from {instrument.venue}
      {history && history.state === 'running' ? ` (${formatShare(history.progress)} done)` : ''}. They appear
      here as they come.
    </MessagePanel>
  );
}
