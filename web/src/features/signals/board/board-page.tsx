import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { SearchIcon } from '@/components/icons';
import { LanguageProblem } from '@/components/language-problem';
import { MessagePanel } from '@/components/message-panel';
import { PageFrame, Section } from '@/components/page-frame';
import { PracticeBadge } from '@/components/practice-badge';
import { ProblemNote } from '@/components/problem-note';
import { ApiProblem } from '@/lib/api/problem';
import { useFormats } from '@/lib/formats';
import { useScreen } from '@/lib/language/use-screen';
import { navigate, useAddress } from '@/lib/location';
import { instrumentId } from '@/lib/market/instrument';
import { useStaleReason } from '@/lib/market/use-live';
import { useMarketStatus } from '@/lib/market/use-market-status';
import type { SignalBoard, SignalSummary } from '@/lib/signals/schemas';
import { useSignalBoard } from '@/lib/signals/use-signals';
import { HorizonChoice } from '../horizon-choice';
import styles from './board.module.css';
import { type BoardView, boardPath, readBoard } from './board-address';
import { BoardFilterForm } from './board-filter';
import { matching, named, sorted } from './board-rows';
import { BoardTable } from './board-table';

/** As many symbols as the screener finds at most. */
const FOUND_MAX = 500;

/** What every symbol says, live. */
export function BoardPage() {
  const address = useAddress();
  const view = readBoard(new URL(address, location.origin).search);
  const change = (part: Partial<BoardView>) => navigate(boardPath({ ...view, ...part }), 'replace');
  const board = useSignalBoard(view.horizon);
  const { filter } = view;
  const screen = useScreen(
    filter && { expressions: [filter.expression], timeframe: filter.timeframe, sort: null, limit: FOUND_MAX },
  );
  const [asked, setAsked] = useState(false);
  const { data: status } = useMarketStatus();
  const practice = board.data?.symbols.every((one) => one.practice) ?? false;
  const market = practice && board.data?.symbols.length ? 'practice' : status?.market;
  return (
    <PageFrame title="Signals" links={[]} wide>
      <Section
        title="All symbols"
        about="What each symbol’s indicators say at its newest closed bar: 0 is a strong sell, 100 a strong buy. A score is a weighing of indicators, not advice."
        actions={market && market !== 'live' && <PracticeBadge market={market} />}
      >
        <div className={styles.tools}>
          <HorizonChoice value={view.horizon} onChange={(horizon) => change({ horizon })} />
          <TextInput
            aria-label="Symbol"
            placeholder="Symbol"
            size="xs"
            className={styles.search ?? ''}
            leftSection={<SearchIcon />}
            value={view.text}
            onChange={(event) => change({ text: event.currentTarget.value })}
          />
          {!filter && !asked && (
            <Button variant="default" size="xs" onClick={() => setAsked(true)}>
              Filter by expression…
            </Button>
          )}
        </div>
        {(filter || asked) && (
          <BoardFilterForm
            filter={filter}
            busy={screen.isFetching && (screen.isPending || screen.isPlaceholderData)}
            onFilter={(next) => change({ filter: next })}
            onClose={() => {
              setAsked(false);
              change({ filter: null });
            }}
          />
        )}
        <Board
          board={board.data}
          problem={board.error ?? board.failureReason}
          refused={board.refused}
          view={view}
          screen={filter ? screen : null}
          marked={!practice}
          onRetry={() => void board.refetch()}
          onChange={change}
        />
      </Section>
    </PageFrame>
  );
}

interface BoardProps {
  readonly board: SignalBoard | undefined;
  readonly problem: Error | null;
  /** Why nothing comes live. */
  readonly refused: string | null;
  readonly view: BoardView;
  readonly screen: ReturnType<typeof useScreen> | null;
  readonly marked: boolean;
  readonly onRetry: () => void;
  readonly onChange: (part: Partial<BoardView>) => void;
}

function Board({ board, problem, refused, view, screen, marked, onRetry, onChange }: BoardProps) {
  if (!board) return problem ? <NoBoard problem={problem} onRetry={onRetry} /> : <Loading />;
  if (screen?.error instanceof ApiProblem && screen.error.code === 'bad_expression') {
    // Where it is at fault stands below the editor.
    return <MessagePanel title="The condition cannot be run">Mend it, or remove the filter.</MessagePanel>;
  }
  if (screen?.error) {
    return <LanguageProblem problem={screen.error} onRetry={() => void screen.refetch()} />;
  }
  if (screen && !screen.data) {
    return <MessagePanel title="Looking…">The condition is tried on every symbol.</MessagePanel>;
  }
  const rows = sorted(named(matching(board.symbols, screen?.data?.rows ?? null), view.text), view.sort);
  return (
    <>
      {problem && <ProblemNote>The newest signals could not be loaded: {problem.message}</ProblemNote>}
      {refused && (
        <ProblemNote>Nothing is told live, the board is asked for each minute: {refused}</ProblemNote>
      )}
      <Freshness board={board} shown={rows.length} />
      {rows.length > 0 ? (
        <BoardTable
          rows={rows}
          horizon={view.horizon}
          sort={view.sort}
          marked={marked}
          onSort={(sort) => onChange({ sort })}
        />
      ) : (
        <NoRows board={board} filtered={screen !== null} text={view.text} />
      )}
      <Waiting waiting={board.waiting} />
    </>
  );
}

function Loading() {
  return <MessagePanel title="Loading the signals…">One moment.</MessagePanel>;
}

function NoBoard({ problem, onRetry }: { problem: Error; onRetry: () => void }) {
  const unreachable = problem instanceof ApiProblem && problem.code === 'unreachable';
  return (
    <MessagePanel
      role="alert"
      title={unreachable ? 'No server' : 'The signals could not be loaded'}
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

function NoRows({ board, filtered, text }: { board: SignalBoard; filtered: boolean; text: string }) {
  if (board.symbols.length === 0) {
    return (
      <MessagePanel title="No signals yet">
        A symbol has signals once its history is loaded and long enough for the indicators.
      </MessagePanel>
    );
  }
  return (
    <MessagePanel title="No symbol is left">
      {filtered
        ? 'None meets the condition on its newest closed bar. It is looked for again as each bar closes.'
        : `None has “${text}” in its name.`}
    </MessagePanel>
  );
}

function newest(rows: readonly SignalSummary[]) {
  return rows.reduce<SignalSummary['as_of']>(
    (last, { as_of: time }) => (time !== null && (last === null || time > last) ? time : last),
    null,
  );
}

function Freshness({ board, shown }: { board: SignalBoard; shown: number }) {
  const formats = useFormats();
  const silent = useStaleReason();
  const time = newest(board.symbols);
  const all = board.symbols.length;
  const count = (number: number) => formats.formatCount(number);
  return (
    <p className={styles.fresh} role="status">
      {shown === all ? `${count(all)} symbols` : `${count(shown)} of ${count(all)} symbols`}
      {time !== null && ` · bars closed at ${formats.formatMoment(time)}`}
      {silent ? <b className={styles.silent}> · {silent}</b> : ' · changes as bars close'}
    </p>
  );
}

/** Few are shown at once; a whole market that is being loaded is folded away. */
const OPEN_MAX = 6;

function Waiting({ waiting }: { waiting: SignalBoard['waiting'] }) {
  if (waiting.length === 0) return null;
  return (
    <details className={styles.waiting} open={waiting.length <= OPEN_MAX}>
      <summary>
        {waiting.length === 1 ? '1 symbol has' : `${waiting.length} symbols have`} no signals yet
      </summary>
      <ul>
        {waiting.map((one) => (
          <li key={instrumentId(one)}>
            <b>{instrumentId(one)}</b>: {one.reason}
          </li>
        ))}
      </ul>
    </details>
  );
}
