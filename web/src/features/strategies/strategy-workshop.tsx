import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { ConfirmDialog, type Question } from '@/components/confirm-dialog';
import { ExpressionEditor } from '@/components/expression-editor/expression-editor';
import { Link } from '@/components/link';
import { Section } from '@/components/page-frame';
import { GoodNote, ProblemNote } from '@/components/problem-note';
import { beginPath, newStrategyPath } from '@/lib/lab/lab-place';
import { deleteStrategy } from '@/lib/lab/strategies-client';
import { readFaults, type Strategy } from '@/lib/lab/strategy-schemas';
import { useLanguage } from '@/lib/language/use-language';
import { navigate } from '@/lib/location';
import { forget, recall, remember } from '@/lib/storage';
import { FaultList } from './fault-list';
import { nameOf, toLanguageError } from './faults';
import styles from './strategies.module.css';
import { TryOut } from './try-out';
import { useSaving } from './use-saving';
import { useStrategyCheck } from './use-strategy-check';
import { useTryOn } from './use-try-on';
import { Versions } from './versions';

/** What is typed and not saved stays as long as the tab is open. */
const draftName = (kept: Strategy | null, begin: string) =>
  `strategy:${kept?.name ?? `new:${nameOf(begin) ?? ''}`}`;

/** A strategy being written: its document, what is wrong with it, and where it would have traded. */
export function StrategyWorkshop({ kept: opened, begin }: { kept: Strategy | null; begin: string }) {
  const cache = useQueryClient();
  const language = useLanguage();
  const [kept, setKept] = useState(opened);
  const readOnly = kept?.built_in ?? false;
  const name = draftName(opened, begin);
  const [document, setDocument] = useState(() => (readOnly ? null : recall(name, 'tab')) ?? begin);
  const [question, setQuestion] = useState<Question | null>(null);
  const changed = document !== (kept?.document ?? null);

  useEffect(() => {
    if (readOnly) return;
    if (changed && document !== begin) remember(name, document, 'tab');
    else forget(name, 'tab');
  }, [readOnly, changed, document, begin, name]);

  const saving = useSaving(kept, (next) => {
    forget(name, 'tab');
    setKept(next);
    setDocument(next.document);
  });
  const tryOn = useTryOn(kept?.timeframe ?? null);
  const check = useStrategyCheck(document, tryOn.on);
  // What the server said of the newest text; of an older one the marks would stand at wrong places.
  const known = check.text === document ? check.answer : null;
  const refused = readFaults(saving.problem?.faults);
  const faults = known?.faults ?? (refused.length > 0 ? refused : null);
  const errors = useMemo(
    () => faults?.map((fault) => toLanguageError(fault, document)) ?? null,
    [faults, document],
  );
  const save = () => void saving.save(document);
  const remove = () =>
    kept &&
    setQuestion({
      title: `Delete “${kept.title || kept.name}”?`,
      text: 'All its versions go. Runs that were made of it stay, with the document that they ran.',
      action: 'Delete',
      act: async () => {
        await deleteStrategy(kept.name);
        void cache.invalidateQueries({ queryKey: ['lab', 'strategies'] });
        navigate('/lab/strategies');
      },
    });
  const other = kept && !kept.built_in && nameOf(document) !== null && nameOf(document) !== kept.name;
  return (
    <>
      <Section
        title={kept ? kept.title || kept.name : 'A new strategy'}
        actions={
          <>
            {!readOnly && (
              <Button size="xs" loading={saving.busy} disabled={kept !== null && !changed} onClick={save}>
                {kept === null ? 'Save' : other ? 'Save as a new one' : 'Save'}
              </Button>
            )}
            {kept && (
              <Button
                component={Link}
                href={beginPath('test', { strategy: kept.name, symbol: tryOn.symbol, tf: tryOn.timeframe })}
                size="xs"
                variant="default"
              >
                Test it
              </Button>
            )}
            {kept && (
              <Button
                component={Link}
                href={newStrategyPath(kept.name)}
                size="xs"
                variant={readOnly ? 'filled' : 'default'}
              >
                Copy
              </Button>
            )}
            {kept && !readOnly && (
              <Button size="xs" variant="default" onClick={remove}>
                Delete
              </Button>
            )}
          </>
        }
      >
        <p className={styles.state} role="status">
          {readOnly
            ? 'Shipped strategies are not changed: copy it, and change the copy.'
            : kept === null
              ? 'Not saved yet.'
              : changed
                ? `Changed since version ${kept.version ?? '?'}; not saved.`
                : `Version ${kept.version ?? '?'}, as it is kept.`}
          {check.busy && ' Checking…'}
        </p>
        {saving.said && !changed && <GoodNote>{saving.said}</GoodNote>}
        {saving.problem && refused.length === 0 && (
          <ProblemNote>
            {saving.problem.message}
            {saving.conflict && (
              <div className={styles.conflict}>
                <span>Your text is still here. Version {saving.conflict.version} was kept meanwhile.</span>
                <Button size="compact-xs" variant="default" onClick={() => void saving.saveOver(document)}>
                  Save mine after it
                </Button>
                <Button
                  size="compact-xs"
                  variant="default"
                  onClick={() => {
                    if (!saving.conflict) return;
                    setKept(saving.conflict);
                    setDocument(saving.conflict.document);
                    saving.dismiss();
                  }}
                >
                  Take the kept one
                </Button>
              </div>
            )}
          </ProblemNote>
        )}
        <div className={styles.workshop}>
          <div className={styles.editor}>
            <ExpressionEditor
              label={readOnly ? 'The document' : 'The document, YAML or JSON'}
              document
              readOnly={readOnly}
              value={document}
              onChange={setDocument}
              table={language.data}
              errors={errors}
              onSubmit={() => !readOnly && (kept === null || changed) && save()}
            />
            <FaultList
              check={check}
              faults={faults ?? []}
              document={document}
              onMend={readOnly ? null : setDocument}
            />
          </div>
          <TryOut tryOn={tryOn} answer={check.answer} stale={known === null} />
        </div>
      </Section>
      {kept && !readOnly && (
        <Versions
          strategy={kept}
          onRestore={(text) => {
            setDocument(text);
            saving.dismiss();
          }}
        />
      )}
      <ConfirmDialog question={question} onClose={() => setQuestion(null)} />
    </>
  );
}
