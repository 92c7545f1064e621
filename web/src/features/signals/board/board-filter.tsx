import { Button, NativeSelect } from '@mantine/core';
import { useEffect, useState } from 'react';
import { CheckNotes } from '@/components/expression-editor/check-notes';
import { ExpressionEditor } from '@/components/expression-editor/expression-editor';
import { ProblemNote } from '@/components/problem-note';
import { answerTo, useCheck } from '@/lib/language/use-check';
import { useLanguage } from '@/lib/language/use-language';
import { isTimeframe, TIMEFRAMES, type Timeframe, timeframeName } from '@/lib/timeframe';
import styles from './board.module.css';
import { type BoardFilter, FIRST_FILTER_TIMEFRAME } from './board-address';

/** A condition of the language that the symbols shown must meet. */
export function BoardFilterForm({
  filter,
  busy,
  onFilter,
  onClose,
}: {
  filter: BoardFilter | null;
  busy: boolean;
  onFilter: (filter: BoardFilter) => void;
  /** Takes the form away, and with it the filter. */
  onClose: () => void;
}) {
  const language = useLanguage();
  const [text, setText] = useState(filter?.expression ?? '');
  const [timeframe, setTimeframe] = useState<Timeframe>(filter?.timeframe ?? FIRST_FILTER_TIMEFRAME);
  // Back and forward in the browser bring another condition.
  const [given, givenTimeframe] = filter ? [filter.expression, filter.timeframe] : [null, null];
  useEffect(() => {
    if (given === null || givenTimeframe === null) return;
    setText(given);
    setTimeframe(givenTimeframe);
  }, [given, givenTimeframe]);
  const check = useCheck(text, { timeframe });
  const answer = answerTo(check, text);
  const numbers = answer?.ok === true && answer.plots.some((plot) => plot.type !== 'bool');
  const run = () => {
    const expression = text.trim();
    if (expression && !numbers) onFilter({ expression, timeframe });
  };
  return (
    <form
      className={styles.filter}
      aria-label="Filter by expression"
      onSubmit={(event) => {
        event.preventDefault();
        run();
      }}
    >
      <ExpressionEditor
        label="Condition"
        single
        value={text}
        onChange={setText}
        table={language.data}
        errors={answer === null || text.trim() === '' ? null : answer.ok ? [] : answer.errors}
        hint="close > ta.ema(close, 50)"
        autoFocus={filter === null}
        onSubmit={run}
      />
      <div className={styles.filterTools}>
        <NativeSelect
          aria-label="Timeframe of the condition"
          size="xs"
          value={timeframe}
          data={TIMEFRAMES.map((value) => ({ value, label: timeframeName(value) }))}
          onChange={(event) => {
            const value = event.currentTarget.value;
            if (isTimeframe(value)) setTimeframe(value);
          }}
        />
        <Button type="submit" size="xs" loading={busy} disabled={text.trim() === '' || numbers}>
          Filter
        </Button>
        <Button size="xs" variant="default" onClick={onClose}>
          {filter ? 'Remove the filter' : 'Close'}
        </Button>
      </div>
      <div className={styles.filterNotes}>
        {numbers ? (
          <ProblemNote>This gives numbers. A filter is a condition, such as “close &gt; open”.</ProblemNote>
        ) : (
          text.trim() !== '' &&
          answer?.ok !== true && <CheckNotes check={check} text={text} onMend={setText} />
        )}
      </div>
    </form>
  );
}
