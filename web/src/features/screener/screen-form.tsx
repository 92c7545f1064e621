import { ActionIcon, Button, Menu, NativeSelect } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { CheckNotes } from '@/components/expression-editor/check-notes';
import { ExpressionEditor } from '@/components/expression-editor/expression-editor';
import { ChevronIcon, CrossIcon, PlusIcon } from '@/components/icons';
import type { LanguageTable } from '@/lib/language/types';
import { answerTo, useCheck } from '@/lib/language/use-check';
import { useLanguage } from '@/lib/language/use-language';
import { isTimeframe, TIMEFRAMES, type Timeframe, timeframeName } from '@/lib/timeframe';
import { PRESETS, type Preset } from './presets';
import { EXPRESSIONS_MAX, type ScreenWanted } from './screen-address';
import styles from './screener.module.css';

interface Line {
  readonly id: number;
  readonly text: string;
}

/** What is looked for, being put together. */
export function ScreenForm({
  wanted,
  busy,
  onRun,
  onKeep,
}: {
  wanted: ScreenWanted;
  busy: boolean;
  /** Keeps what was typed where going back in the browser finds it. */
  onKeep: (typed: ScreenWanted) => void;
  onRun: (wanted: ScreenWanted) => void;
}) {
  const language = useLanguage();
  const nextId = useRef(0);
  const toLines = (texts: readonly string[]): readonly Line[] =>
    texts.map((text) => {
      nextId.current += 1;
      return { id: nextId.current, text };
    });
  const [lines, setLines] = useState(() => toLines(wanted.expressions));
  const [timeframe, setTimeframe] = useState<Timeframe>(wanted.timeframe);
  const [added, setAdded] = useState<number | null>(null);
  const texts = lines.map((line) => line.text.trim()).filter(Boolean);

  // Back and forward in the browser bring other expressions.
  const given = JSON.stringify(wanted.expressions);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is typed stays until the address changes
  useEffect(() => {
    if (JSON.stringify(texts) !== given) setLines(toLines(wanted.expressions));
    setTimeframe(wanted.timeframe);
  }, [given, wanted.timeframe]);

  const run = () => {
    if (texts.length === 0) return;
    const same = JSON.stringify(texts) === JSON.stringify(wanted.expressions);
    onRun({ expressions: texts, timeframe, sort: same ? wanted.sort : null });
  };
  const take = (preset: Preset) => {
    const typed = texts.length > 0 && JSON.stringify(texts) !== given;
    if (typed) onKeep({ expressions: texts, timeframe, sort: null });
    setLines(toLines(preset.expressions));
    onRun({ expressions: preset.expressions, timeframe, sort: preset.sort });
  };
  const add = () => {
    const [line] = toLines(['']);
    if (!line) return;
    setLines([...lines, line]);
    setAdded(line.id);
  };
  const change = (id: number, text: string) =>
    setLines((known) => known.map((line) => (line.id === id ? { id, text } : line)));

  return (
    <form
      className={styles.form}
      aria-label="What to look for"
      onSubmit={(event) => {
        event.preventDefault();
        run();
      }}
    >
      {lines.map((line, index) => (
        <ExpressionLine
          key={line.id}
          number={index + 1}
          text={line.text}
          timeframe={timeframe}
          table={language.data}
          focus={line.id === added}
          onChange={(text) => change(line.id, text)}
          onRemove={lines.length > 1 ? () => setLines(lines.filter((one) => one !== line)) : null}
          onSubmit={run}
        />
      ))}
      <div className={styles.tools}>
        <Button
          variant="default"
          size="xs"
          leftSection={<PlusIcon />}
          disabled={lines.length >= EXPRESSIONS_MAX}
          onClick={add}
        >
          Add an expression
        </Button>
        <Menu position="bottom-start" shadow="md" returnFocus withInitialFocusPlaceholder={false}>
          <Menu.Target>
            <Button variant="default" size="xs" rightSection={<ChevronIcon />}>
              Ready-made
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {PRESETS.map((preset, index) => (
              <Menu.Item
                key={preset.name}
                data-autofocus={index === 0 || undefined}
                onClick={() => take(preset)}
              >
                {preset.name}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
        <span className={styles.space} />
        <NativeSelect
          aria-label="Timeframe"
          size="xs"
          value={timeframe}
          data={TIMEFRAMES.map((value) => ({ value, label: timeframeName(value) }))}
          onChange={(event) => {
            const value = event.currentTarget.value;
            if (isTimeframe(value)) setTimeframe(value);
          }}
        />
        <Button type="submit" size="xs" loading={busy} disabled={texts.length === 0}>
          Run
        </Button>
      </div>
    </form>
  );
}

function ExpressionLine({
  number,
  text,
  timeframe,
  table,
  focus,
  onChange,
  onRemove,
  onSubmit,
}: {
  number: number;
  text: string;
  timeframe: Timeframe;
  table: LanguageTable | undefined;
  focus: boolean;
  onChange: (text: string) => void;
  /** Null: it is the last one. */
  onRemove: (() => void) | null;
  onSubmit: () => void;
}) {
  const check = useCheck(text, { timeframe });
  const answer = answerTo(check, text);
  const errors = answer === null ? null : answer.ok ? [] : answer.errors;
  const filter = answer?.ok && answer.plots.every((plot) => plot.type === 'bool');
  return (
    <div className={styles.line}>
      <span className={styles.role}>{answer?.ok ? (filter ? 'Where' : 'Show') : ''}</span>
      <ExpressionEditor
        label={`Expression ${number}`}
        single
        value={text}
        onChange={onChange}
        table={table}
        errors={text.trim() === '' ? [] : errors}
        hint="ta.rsi(close, 14) < 30"
        autoFocus={focus}
        onSubmit={onSubmit}
      />
      <ActionIcon
        variant="subtle"
        color="gray"
        className={styles.remove ?? ''}
        aria-label={`Remove expression ${number}`}
        disabled={onRemove === null}
        onClick={() => onRemove?.()}
      >
        <CrossIcon />
      </ActionIcon>
      <div className={styles.notes}>
        {text.trim() !== '' && answer?.ok !== true && (
          <CheckNotes check={check} text={text} onMend={onChange} />
        )}
      </div>
    </div>
  );
}
