import { Button } from '@mantine/core';
import { MessagePanel } from '@/components/message-panel';
import { PageFrame, Section } from '@/components/page-frame';
import { PracticeBadge } from '@/components/practice-badge';
import { ProblemNote } from '@/components/problem-note';
import { StateDot } from '@/components/state-dot';
import { ApiProblem } from '@/lib/api/problem';
import type { Instrument } from '@/lib/api/schemas';
import { useFormats } from '@/lib/formats';
import { formatPlace, navigate, signalsPath, useAddress } from '@/lib/location';
import { findInstrument } from '@/lib/market/instrument';
import { useInstruments } from '@/lib/market/use-instruments';
import { useStaleReason } from '@/lib/market/use-live';
import { useMarketStatus } from '@/lib/market/use-market-status';
import type { SignalAnswer } from '@/lib/signals/schemas';
import { useSignals } from '@/lib/signals/use-signals';
import { ratingText } from '@/lib/signals/words';
import { HorizonChoice } from '../horizon-choice';
import { type ChartOf, ChartSection } from './chart-section';
import { ContributionChart } from './contributions';
import { HistorySection } from './history-section';
import { RecordSection } from './record-section';
import styles from './symbol.module.css';
import { readSymbolView, type SymbolView, symbolQuery } from './symbol-address';
import { SymbolHead } from './symbol-head';
import { confirmationWords } from './symbol-words';
import { TimeframeTable } from './timeframe-table';

const NONE: readonly Instrument[] = [];

/** What one symbol says, and why, and what that was worth. */
export function SymbolPage({ symbol, chart }: { symbol: string; chart: ChartOf }) {
  const address = useAddress();
  const view = readSymbolView(new URL(address, location.origin).search);
  const change = (part: Partial<SymbolView>) =>
    navigate(signalsPath(symbol, symbolQuery({ ...view, ...part })), 'replace');
  const signals = useSignals(symbol, view.horizon);
  const answer = signals.data;
  const lead = answer?.timeframe ?? '1h';
  const links = [
    { href: '/signals', name: 'All symbols', current: false },
    { href: signalsPath(symbol), name: symbol, current: true },
    { href: formatPlace(symbol, lead), name: 'Chart', current: false },
  ];
  return (
    <PageFrame title="Signals" links={links} wide>
      {answer ? (
        <Loaded
          symbol={symbol}
          answer={answer}
          problem={signals.error ?? signals.failureReason}
          refused={signals.refused}
          view={view}
          chart={chart}
          onChange={change}
        />
      ) : (
        <Section title={symbol}>
          <NoAnswer problem={signals.error ?? signals.failureReason} onRetry={() => void signals.refetch()} />
        </Section>
      )}
    </PageFrame>
  );
}

interface LoadedProps {
  readonly symbol: string;
  readonly answer: SignalAnswer;
  readonly problem: Error | null;
  readonly refused: string | null;
  readonly view: SymbolView;
  readonly chart: ChartOf;
  readonly onChange: (part: Partial<SymbolView>) => void;
}

function Loaded({ symbol, answer, problem, refused, view, chart, onChange }: LoadedProps) {
  const { data: all = NONE } = useInstruments();
  const { data: status } = useMarketStatus();
  const silent = useStaleReason();
  const instrument = findInstrument(symbol, all);
  const market = answer.practice ? 'practice' : status?.market;
  const price = usePrice(answer.price, instrument);
  return (
    <>
      <Section
        title={answer.symbol}
        actions={
          <div className={styles.actions}>
            {market && market !== 'live' && <PracticeBadge market={market} />}
            <HorizonChoice value={view.horizon} onChange={(horizon) => onChange({ horizon })} />
          </div>
        }
      >
        {problem && <ProblemNote>The newest signals could not be loaded: {problem.message}</ProblemNote>}
        {refused && <ProblemNote>Nothing is told live, this is asked for each minute: {refused}</ProblemNote>}
        <Age answer={answer} silent={silent} />
        <SymbolHead answer={answer} price={price} old={answer.stale || silent !== null} />
      </Section>
      {answer.reasons.length > 0 && (
        <Section
          title="Why"
          about="What each reason adds to the middle of the scale, in points of the score."
        >
          <ContributionChart reasons={answer.reasons} />
        </Section>
      )}
      {instrument && answer.timeframe && (
        <ChartSection key={`${symbol} chart`} instrument={instrument} lead={answer.timeframe} chart={chart} />
      )}
      <Section
        title="Timeframes"
        about="Each at its newest closed bar. A timeframe opens into its components."
      >
        <TimeframeTable
          timeframes={answer.timeframes}
          lead={answer.timeframe}
          opened={view.opened}
          onOpen={(opened) => onChange({ opened })}
        />
        {answer.timeframe && <Confirmation answer={answer} />}
      </Section>
      {answer.timeframe && (
        <HistorySection key={`${symbol} before`} symbol={symbol} lead={answer.timeframe} />
      )}
      {answer.timeframe && (
        <RecordSection
          key={symbol}
          symbol={symbol}
          lead={answer.timeframe}
          horizon={view.horizon}
          direction={answer.direction}
        />
      )}
    </>
  );
}

/** Why what is shown may be old; nothing while it is not. */
function Age({ answer, silent }: { answer: SignalAnswer; silent: string | null }) {
  const { formatMoment } = useFormats();
  const since = answer.stale_since ?? answer.as_of;
  if (!answer.stale && silent === null) return null;
  return (
    <p className={styles.silent} role="status">
      <StateDot tone="warn" />
      {answer.stale
        ? `Stale${since === null ? '' : ` since ${formatMoment(since)}`}: no bar has closed since, and this is what was said then`
        : `${silent}: this may be old`}
    </p>
  );
}

function usePrice(price: number | null, instrument: Instrument | undefined): string | null {
  const formats = useFormats();
  if (price === null) return null;
  return instrument ? formats.formatPrice(price, instrument.tick_size) : formats.formatReading(price);
}

function Confirmation({ answer }: { answer: SignalAnswer }) {
  const formats = useFormats();
  const { timeframes } = answer.confirmation;
  return (
    <div className={styles.confirmation}>
      <h3>Confirmation</h3>
      <p>{confirmationWords(answer, formats)}</p>
      {timeframes.length > 0 && (
        <p className={styles.quiet}>
          {timeframes.map((one) => `${one.timeframe}: ${ratingText(formats, one.rating)}`).join(' · ')}
        </p>
      )}
    </div>
  );
}

function NoAnswer({ problem, onRetry }: { problem: Error | null; onRetry: () => void }) {
  if (!problem) return <MessagePanel title="Loading the signals…">One moment.</MessagePanel>;
  const code = problem instanceof ApiProblem ? problem.code : '';
  if (code === 'not_ready') {
    return (
      <MessagePanel title="No signals yet">{problem.message} It is asked for again by itself.</MessagePanel>
    );
  }
  const titles: Record<string, string> = {
    unreachable: 'No server',
    unknown_symbol: 'Not known here',
  };
  const suggestions = problem instanceof ApiProblem ? problem.suggestions : [];
  return (
    <MessagePanel
      role="alert"
      title={titles[code] ?? 'The signals could not be loaded'}
      actions={
        code === 'unknown_symbol' ? (
          suggestions.map((near) => (
            <Button key={near} size="xs" variant="default" onClick={() => navigate(signalsPath(near))}>
              {near}
            </Button>
          ))
        ) : (
          <Button size="xs" onClick={onRetry}>
            Try again
          </Button>
        )
      }
    >
      {problem.message}
    </MessagePanel>
  );
}
