import { Button, Modal } from '@mantine/core';
import { type KeyboardEvent, useRef, useState } from 'react';
import { MessagePanel } from '@/components/message-panel';
import { defaultValues, readCall } from '@/lib/language/call-text';
import type { CheckContext } from '@/lib/language/language-client';
import type { LanguageFunction } from '@/lib/language/types';
import { useLanguage } from '@/lib/language/use-language';
import { type ChartIndicator, fullWords, type NewIndicator } from '@/lib/layouts/chart-layout';
import { CallForm, type FormResult } from './call-form';
import { useDraft } from './expression-draft';
import { ExpressionForm, type ExpressionResult } from './expression-form';
import { FunctionList } from './function-list';
import styles from './indicator-dialog.module.css';

/** What the dialog was opened for: something new, or one that is on the chart. */
export type Opened =
  | { readonly kind: 'new' }
  | { readonly kind: 'change'; readonly indicator: ChartIndicator };

interface IndicatorDialogProps {
  readonly opened: Opened | null;
  readonly onClose: () => void;
  readonly indicators: readonly ChartIndicator[];
  readonly context: CheckContext;
  readonly narrow: boolean;
  readonly onAdd: (wanted: NewIndicator) => void;
  readonly onChange: (id: string, change: Partial<ChartIndicator>) => void;
  readonly onRemove: (id: string) => void;
}

/** Puts an indicator of the list or any expression on the chart, and changes those that are there. */
export function IndicatorDialog(props: IndicatorDialogProps) {
  const { opened, onClose, narrow } = props;
  return (
    <Modal
      opened={opened !== null}
      onClose={onClose}
      title={opened?.kind === 'change' ? 'Settings of the indicator' : 'Indicators'}
      size="lg"
      fullScreen={narrow}
      lockScroll={false}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {opened?.kind === 'change' ? (
        <>
          <Change {...props} indicator={opened.indicator} />
          <Rest {...props} indicator={opened.indicator} />
        </>
      ) : (
        opened && <Add {...props} />
      )}
    </Modal>
  );
}

const TABS = [
  { id: 'list', name: 'List' },
  { id: 'expression', name: 'Expression' },
] as const;
type Tab = (typeof TABS)[number]['id'];

function Add({ onClose, indicators, context, onAdd }: IndicatorDialogProps) {
  const draft = useDraft();
  // What was begun is seen to be there still.
  const [tab, setTab] = useState<Tab>(() => (draft.read() ? 'expression' : 'list'));
  const [chosen, setChosen] = useState<LanguageFunction | null>(null);
  const language = useLanguage();
  const refusal = fullWords(indicators.length);
  const add = (result: FormResult | ExpressionResult) => {
    const { text, pane, plots } = result;
    onAdd({ text, pane, plots, inputs: 'inputs' in result ? result.inputs : {} });
    if ('inputs' in result) draft.forget();
    onClose();
  };
  return (
    <>
      <Tabs tab={tab} onTab={setTab} />
      <div role="tabpanel" id={`panel-${tab}`} aria-labelledby={`tab-${tab}`}>
        {refusal && tab === 'list' && <p className={styles.about}>{refusal}</p>}
        {tab === 'expression' ? (
          <ExpressionForm
            indicator={null}
            draft={draft.read()}
            onDraft={draft.keep}
            context={context}
            table={language.data}
            submit="Add to chart"
            refusal={refusal}
            onSubmit={add}
            onEscape={onClose}
          />
        ) : !language.data ? (
          <Untold problem={language.failureReason} onRetry={() => language.refetch()} />
        ) : chosen && refusal === null ? (
          <CallForm
            row={chosen}
            values={defaultValues(chosen)}
            indicator={null}
            sources={sourcesOf(indicators, language.data.functions)}
            context={context}
            submit="Add to chart"
            onSubmit={add}
            onBack={() => setChosen(null)}
          />
        ) : (
          <FunctionList functions={language.data.functions} onChoose={setChosen} />
        )}
      </div>
    </>
  );
}

function Change({
  indicator,
  indicators,
  context,
  onClose,
  onChange,
}: IndicatorDialogProps & { indicator: ChartIndicator }) {
  const language = useLanguage();
  const [asText, setAsText] = useState(false);
  const save = ({ plots: _, ...result }: FormResult | ExpressionResult) => {
    onChange(indicator.id, result);
    onClose();
  };
  if (language.isPending && language.failureCount === 0) return <p className={styles.about}>One moment…</p>;
  const call = asText ? null : readCall(indicator.text, language.data?.functions ?? []);
  if (!call) {
    return (
      <ExpressionForm
        indicator={indicator}
        draft={null}
        context={context}
        table={language.data}
        submit="Save"
        refusal={null}
        onSubmit={save}
        onEscape={onClose}
      />
    );
  }
  return (
    <>
      <CallForm
        row={call.row}
        values={call.values}
        indicator={indicator}
        sources={sourcesOf(
          indicators.filter((one) => one.id !== indicator.id),
          language.data?.functions ?? [],
        )}
        context={context}
        submit="Save"
        onSubmit={save}
      />
      <Button
        className={styles.asText ?? ''}
        variant="subtle"
        size="compact-sm"
        onClick={() => setAsText(true)}
      >
        Edit as text
      </Button>
    </>
  );
}

/** What can be done to an indicator besides its settings; on a phone this is the one place for it. */
function Rest({
  indicator,
  onChange,
  onRemove,
  onClose,
}: IndicatorDialogProps & { indicator: ChartIndicator }) {
  const { id, visible } = indicator;
  return (
    <div className={styles.rest}>
      <Button
        variant="default"
        size="xs"
        onClick={() => {
          onChange(id, { visible: !visible });
          onClose();
        }}
      >
        {visible ? 'Hide' : 'Show'}
      </Button>
      <Button
        variant="default"
        size="xs"
        onClick={() => {
          onRemove(id);
          onClose();
        }}
      >
        Remove from the chart
      </Button>
    </div>
  );
}

/** What other indicators give can be the source of one: of those of one call without inputs, one that gives one number. */
function sourcesOf(
  indicators: readonly ChartIndicator[],
  functions: readonly LanguageFunction[],
): readonly string[] {
  return indicators
    .filter(({ text, inputs }) => {
      const outputs = readCall(text, functions)?.row.outputs ?? [];
      const [only] = outputs;
      const number = only?.type === 'float' || only?.type === 'int';
      return outputs.length === 1 && number && Object.keys(inputs).length === 0;
    })
    .map(({ text }) => text.trim());
}

function Tabs({ tab, onTab }: { tab: Tab; onTab: (tab: Tab) => void }) {
  const list = useRef<HTMLDivElement>(null);
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    event.preventDefault();
    const other = TABS.find((one) => one.id !== tab) ?? TABS[0];
    onTab(other.id);
    list.current?.querySelector<HTMLElement>(`#tab-${other.id}`)?.focus();
  };
  return (
    <div className={styles.tabs} role="tablist" aria-label="Kind of indicator" ref={list}>
      {TABS.map(({ id, name }) => (
        <button
          key={id}
          type="button"
          role="tab"
          id={`tab-${id}`}
          className={styles.tab}
          aria-selected={tab === id}
          aria-controls={`panel-${id}`}
          tabIndex={tab === id ? 0 : -1}
          onClick={() => onTab(id)}
          onKeyDown={onKey}
        >
          {name}
        </button>
      ))}
    </div>
  );
}

function Untold({ problem, onRetry }: { problem: Error | null; onRetry: () => void }) {
  if (!problem) return <MessagePanel title="Loading the indicators…">One moment.</MessagePanel>;
  return (
    <MessagePanel
      role="alert"
      title="The indicators could not be loaded"
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
