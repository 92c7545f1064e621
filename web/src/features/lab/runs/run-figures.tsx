import { useFormats } from '@/lib/formats';
import type { RunItem } from '@/lib/lab/run-schemas';
import { shareText } from '../result/figure-words';

/** A run in a few figures. */
export function RunFigures({ run }: { run: RunItem }) {
  const formats = useFormats();
  const { summary, error } = run;
  if (!summary) return <span>{error?.message ?? 'no result yet'}</span>;
  const made = summary.total_return;
  return (
    <span>
      {made !== null && (
        <b data-tone={made > 0 ? 'up' : made < 0 ? 'down' : undefined}>{formats.formatChange(made)}</b>
      )}
      {summary.max_drawdown !== null && `, drawdown ${shareText(formats, summary.max_drawdown)}`}
      {summary.trades !== null && `, ${formats.formatCount(summary.trades)} trades`}
    </span>
  );
}
