import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link } from '@/components/link';
import { MessagePanel } from '@/components/message-panel';
import { NotLoaded } from '@/components/not-loaded';
import { PageFrame, Section } from '@/components/page-frame';
import { useFormats } from '@/lib/formats';
import type { Curve } from '@/lib/lab/lab-charts';
import { compareRuns } from '@/lib/lab/lab-client';
import { comparePath, labLinks, runPath } from '@/lib/lab/lab-place';
import type { Comparison } from '@/lib/lab/run-schemas';
import { LINE_COLORS } from '@/lib/layouts/chart-layout';
import { navigate } from '@/lib/location';
import { CurveSection } from '../curve-section';
import styles from '../lab.module.css';
import { betterSign, FIGURE_GROUPS, figureText, unitText, whyWords } from '../result/figure-words';
import { onSharedSteps } from '../result/growth';
import { marketWords, SymbolsText } from '../symbols-text';
import { bestOf } from './best-of';
import { RunBadges } from './run-badges';

/** Characters of a value that stand in a row. */
const LONG = 60;

/** A few runs beside each other: what was different, and what came of it. */
export function ComparePage({ ids }: { ids: readonly string[] }) {
  const query = useQuery({
    queryKey: ['lab', 'compare', ...ids],
    queryFn: ({ signal }) => compareRuns(ids, signal),
    enabled: ids.length >= 2,
  });
  return (
    <PageFrame title="Lab" links={labLinks('runs')} wide="most">
      {ids.length < 2 || ids.length > 8 ? (
        <MessagePanel
          title="Two to eight runs are compared"
          actions={
            <Button component={Link} href="/lab/runs" size="xs">
              Choose runs
            </Button>
          }
        >
          Mark them in the list of runs.
        </MessagePanel>
      ) : query.data ? (
        <Compared comparison={query.data} ids={ids} />
      ) : query.error ? (
        <NotLoaded title="They could not be compared" problem={query.error} onRetry={query.refetch} />
      ) : (
        <MessagePanel title="Loading the runs…">One moment.</MessagePanel>
      )}
    </PageFrame>
  );
}

const nameOf = (run: Comparison['runs'][number]) =>
  run.name || `${run.strategy} ${marketWords(run.symbol, run.timeframe)}`;

function Compared({ comparison, ids }: { comparison: Comparison; ids: readonly string[] }) {
  const formats = useFormats();
  const { runs, differences } = comparison;
  const names = useMemo(() => runs.map((run, index) => `${index + 1}. ${nameOf(run)}`), [runs]);
  const curves = useMemo<readonly Curve[]>(() => {
    const own = runs.map((run) => ({
      points: run.growth.map(({ time, growth }) => ({ time, value: growth })),
    }));
    return onSharedSteps(own).map(({ points }, index) => ({
      name: names[index] ?? '',
      color: LINE_COLORS[index % LINE_COLORS.length] ?? '1',
      points,
      dashed: index % 2 === 1,
    }));
  }, [runs, names]);
  const writers = useMemo(() => [(value: number) => `${formats.formatFixed(value, 3)}×`] as const, [formats]);
  return (
    <>
      <CurveSection
        title="Growth of the capital"
        curves={curves}
        formats={writers}
        label="Growth of each run over time"
      />
      <Section title="What was different">
        {differences.length === 0 ? (
          <p className={styles.fine}>Nothing: they were asked for alike.</p>
        ) : (
          <Beside label="What was different" names={names}>
            {differences.map(({ field, values }) => (
              <tr key={field}>
                <th scope="row">{field}</th>
                {runs.map((run, index) => (
                  <td key={run.id}>
                    <Different field={field} value={values[index] ?? ''} />
                  </td>
                ))}
              </tr>
            ))}
          </Beside>
        )}
      </Section>
      <Section title="Figures" about="The best of a row is marked ★ where more, or less, is better.">
        <Beside
          label="Figures beside each other"
          names={names}
          head={runs.map((run) => (
            <span key={run.id} className={styles.headCell}>
              <Link className={styles.link} href={runPath(run.id)}>
                open
              </Link>
              <RunBadges run={run} />
              <Button
                size="compact-xs"
                variant="default"
                disabled={ids.length <= 2}
                aria-label={`Take ${nameOf(run)} out`}
                onClick={() => navigate(comparePath(ids.filter((one) => one !== run.id)), 'replace')}
              >
                take out
              </Button>
            </span>
          ))}
        >
          {FIGURE_GROUPS.flatMap(({ figures }) => figures).map(([key, name]) => {
            const row = runs.map((run) => run.metrics[key]);
            if (row.every((one) => one === undefined)) return null;
            const best = bestOf(
              row.map((one) => one?.value ?? null),
              betterSign(key),
            );
            return (
              <tr key={key} title={row.find((one) => one)?.formula}>
                <th scope="row">{name}</th>
                {row.map((figure, index) => (
                  <td
                    key={runs[index]?.id}
                    data-absent={figure?.value == null || undefined}
                    title={figure && whyOf(figure)}
                  >
                    {best.has(index) && <span title="The best of the row">★ </span>}
                    {(figure && figureText(formats, key, figure)) ?? 'n/a'}{' '}
                    {figure && <span className={styles.dim}>{unitText(figure, '')}</span>}
                  </td>
                ))}
              </tr>
            );
          })}
        </Beside>
      </Section>
    </>
  );
}

/** A text of many lines is folded into its first, so that no row is wider than what it is beside. */
function Different({ field, value }: { field: string; value: string }) {
  if (value === '') return '–';
  if (field === 'symbol') return <SymbolsText symbol={value} />;
  if (!value.includes('\n') && value.length <= LONG) return <span className={styles.long}>{value}</span>;
  return (
    <details className={styles.folded}>
      <summary>{value.split('\n', 1)[0]?.slice(0, LONG)}</summary>
      <pre>{value}</pre>
    </details>
  );
}

function whyOf({ value, why }: { value: number | null; why?: string | undefined }): string | undefined {
  return value === null ? whyWords(why) : undefined;
}

function Beside({
  label,
  names,
  head,
  children,
}: {
  label: string;
  names: readonly string[];
  head?: readonly React.ReactNode[];
  children: React.ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keyboard
    <section className={styles.scroll} aria-label={label} tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            <td />
            {names.map((name, index) => (
              <th key={name} scope="col" className={styles.wrap}>
                {name}
                {head?.[index]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}
