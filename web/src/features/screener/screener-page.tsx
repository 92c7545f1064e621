import { Button } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { MessagePanel } from '@/components/message-panel';
import { PageFrame, Section } from '@/components/page-frame';
import { ProblemNote } from '@/components/problem-note';
import { ApiProblem } from '@/lib/api/problem';
import { useFormats } from '@/lib/formats';
import { screen } from '@/lib/language/language-client';
import { languageErrorSchema, type ScreenAnswer } from '@/lib/language/types';
import { navigate, useAddress } from '@/lib/location';
import { useSocket } from '@/lib/socket/socket-context';
import { durationMs, timeframeName } from '@/lib/timeframe';
import { PRESETS } from './presets';
import { readScreen, type ScreenWanted, screenPath, screenRequest } from './screen-address';
import { ScreenForm } from './screen-form';
import { nextAskMs } from './screen-rows';
import { ScreenTable } from './screen-table';
import styles from './screener.module.css';

const START: ScreenWanted = {
  expressions: PRESETS[0].expressions,
  timeframe: '1h',
  sort: PRESETS[0].sort,
};

/** Looks through all stored instruments for those that an expression holds of, and again with each bar that closes. */
export function ScreenerPage() {
  const address = useAddress();
  const wanted = readScreen(new URL(address, location.origin).search);
  const found = useScreen(wanted);
  return (
    <PageFrame title="Screener" links={[]} wide>
      <Section
        title="What to look for"
        about="Conditions decide which instruments are found; numbers are columns. Everything runs on closed bars of all stored instruments."
      >
        <ScreenForm
          wanted={wanted ?? START}
          busy={found.isFetching && (found.isPending || found.isPlaceholderData)}
          onKeep={(typed) => navigate(screenPath(typed), 'replace')}
          onRun={(next) => {
            const path = screenPath(next);
            if (path === address) void found.refetch();
            else navigate(path);
          }}
        />
      </Section>
      {wanted && (
        <Section
          title="Result"
          actions={found.data && <Freshness answer={found.data} checking={found.isFetching} />}
        >
          <Result
            wanted={wanted}
            answer={found.data}
            problem={found.error}
            onRetry={() => void found.refetch()}
          />
        </Section>
      )}
    </PageFrame>
  );
}

function useScreen(wanted: ScreenWanted | null) {
  const socket = useSocket();
  const request = wanted && screenRequest(wanted);
  return useQuery({
    queryKey: ['screen', request],
    queryFn: ({ signal }) => screen(request ?? screenRequest(START), signal),
    enabled: request !== null,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    refetchInterval: ({ state }) => {
      // What a person must change is not asked again.
      const refused = state.error instanceof ApiProblem && !state.error.retryable;
      if (!request || refused) return false;
      return nextAskMs(state.data?.newest_bar ?? null, request.timeframe, socket.serverNow());
    },
  });
}

function Freshness({ answer, checking }: { answer: ScreenAnswer; checking: boolean }) {
  const formats = useFormats();
  const { matched, rows, newest_bar: newest } = answer;
  const shown = matched > rows.length ? `, the first ${formats.formatCount(rows.length)} are shown` : '';
  const found = `${formats.formatCount(matched)} found${shown}`;
  const bars =
    newest === null ? '' : ` · bars of ${formats.formatOpen(newest, durationMs(answer.timeframe))}`;
  return (
    <span className={styles.fresh} role="status">
      {found}
      {bars} · again with each {answer.timeframe} bar{checking ? ' · looking…' : ''}
    </span>
  );
}

function Result({
  wanted,
  answer,
  problem,
  onRetry,
}: {
  wanted: ScreenWanted;
  answer: ScreenAnswer | undefined;
  problem: Error | null;
  onRetry: () => void;
}) {
  if (problem && !answer) return <Failure problem={problem} onRetry={onRetry} />;
  if (!answer) return <MessagePanel title="Looking…">All stored instruments are gone through.</MessagePanel>;
  return (
    <>
      {problem && <Failure problem={problem} onRetry={onRetry} />}
      {answer.rows.length === 0 ? (
        <MessagePanel title="Nothing is found now">
          No instrument meets the conditions on its newest closed {timeframeName(answer.timeframe)} bar. The
          next bar is looked at as soon as it closes.
        </MessagePanel>
      ) : (
        <ScreenTable
          answer={answer}
          sort={wanted.sort}
          onSort={(sort) => navigate(screenPath({ ...wanted, sort }), 'replace')}
        />
      )}
      {answer.skipped.length > 0 && (
        <details className={styles.skipped}>
          <summary>
            {answer.skipped.length === 1 ? '1 instrument was' : `${answer.skipped.length} instruments were`}{' '}
            left out
          </summary>
          <ul>
            {answer.skipped.map(({ venue, symbol, reason }) => (
              <li key={`${venue}:${symbol}`}>
                <b>
                  {venue}:{symbol}
                </b>
                : {reason}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function Failure({ problem, onRetry }: { problem: Error; onRetry: () => void }) {
  const place =
    problem instanceof ApiProblem ? languageErrorSchema.safeParse(problem.diagnostic).data : undefined;
  const retryable = !(problem instanceof ApiProblem) || problem.retryable;
  return (
    <div className={styles.failure}>
      <ProblemNote>
        {problem.message}
        {place?.line_text && (
          <code className={styles.place}>
            {place.line_text}
            {'\n'}
            {' '.repeat(place.column - 1)}
            {'^'.repeat(place.length)}
          </code>
        )}
      </ProblemNote>
      {retryable && (
        <Button size="xs" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}
