import { LanguageProblem } from '@/components/language-problem';
import { MessagePanel } from '@/components/message-panel';
import { PageFrame, Section } from '@/components/page-frame';
import { useFormats } from '@/lib/formats';
import type { ScreenAnswer } from '@/lib/language/types';
import { useScreen } from '@/lib/language/use-screen';
import { navigate, useAddress } from '@/lib/location';
import { durationMs, timeframeName } from '@/lib/timeframe';
import { PRESETS } from './presets';
import { readScreen, type ScreenWanted, screenPath, screenRequest } from './screen-address';
import { ScreenForm } from './screen-form';
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
  const found = useScreen(wanted && screenRequest(wanted));
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
  if (problem && !answer) return <LanguageProblem problem={problem} onRetry={onRetry} />;
  if (!answer) return <MessagePanel title="Looking…">All stored instruments are gone through.</MessagePanel>;
  return (
    <>
      {problem && <LanguageProblem problem={problem} onRetry={onRetry} />}
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
