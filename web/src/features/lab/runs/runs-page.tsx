import { Button, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { ConfirmDialog, type Question } from '@/components/confirm-dialog';
import { SearchIcon } from '@/components/icons';
import { Link } from '@/components/link';
import { MessagePanel } from '@/components/message-panel';
import { PageFrame, Section } from '@/components/page-frame';
import { ProblemNote } from '@/components/problem-note';
import { deleteRun } from '@/lib/lab/lab-client';
import { comparePath, labLinks } from '@/lib/lab/lab-place';
import type { RunItem } from '@/lib/lab/run-schemas';
import { useRuns } from '@/lib/lab/use-lab';
import { navigate } from '@/lib/location';
import styles from '../lab.module.css';
import { RunTable } from './run-table';

const COMPARED_MAX = 8;
/** Typing on within this is one search. */
const SEARCH_AFTER_MS = 300;

/** The runs that are kept: found, opened, compared, deleted. */
export function RunsPage() {
  const cache = useQueryClient();
  const [typed, setTyped] = useState('');
  const [search, setSearch] = useState('');
  /** The `next` of each page before this one. */
  const [pages, setPages] = useState<readonly string[]>([]);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [question, setQuestion] = useState<Question | null>(null);
  const runs = useRuns(search, pages.at(-1) ?? null);

  useEffect(() => {
    const timer = setTimeout(() => {
      setSearch(typed.trim());
      setPages([]);
    }, SEARCH_AFTER_MS);
    return () => clearTimeout(timer);
  }, [typed]);

  const choose = (id: string, on: boolean) =>
    setChosen((known) =>
      on ? [...known.filter((one) => one !== id), id] : known.filter((one) => one !== id),
    );
  const remove = (run: RunItem) =>
    setQuestion({
      title: `Delete “${run.name || run.strategy}”?`,
      text: run.live
        ? 'Its result goes, and its strategy stops on the desk.'
        : 'Its result goes. What it tried stays counted among the trials of its strategy.',
      action: 'Delete',
      act: async () => {
        await deleteRun(run.id);
        choose(run.id, false);
        await cache.invalidateQueries({ queryKey: ['lab', 'runs'] });
      },
    });
  const items = runs.data?.items ?? [];
  const next = runs.data?.next ?? null;
  return (
    <PageFrame title="Lab" links={labLinks('runs')} wide="most">
      <Section
        title="Runs"
        about="Runs that have a name are kept until they are deleted; of the others the oldest go when there are too many."
        actions={
          <>
            <Button
              size="xs"
              variant="default"
              disabled={chosen.length < 2 || chosen.length > COMPARED_MAX}
              onClick={() => navigate(comparePath(chosen))}
            >
              {chosen.length < 2
                ? 'Compare: choose two or more'
                : chosen.length > COMPARED_MAX
                  ? `Compare: at most ${COMPARED_MAX}`
                  : `Compare ${chosen.length}`}
            </Button>
            <Button component={Link} href="/lab" size="xs">
              New test
            </Button>
          </>
        }
      >
        <div className={styles.tools}>
          <TextInput
            aria-label="Search the runs"
            size="xs"
            value={typed}
            maxLength={100}
            placeholder="Name, strategy, symbol…"
            leftSection={<SearchIcon />}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          {runs.isFetching && <span className={styles.dim}>looking…</span>}
        </div>
        {runs.error && <ProblemNote>The runs could not be loaded: {runs.error.message}</ProblemNote>}
        {runs.data && items.length === 0 ? (
          <MessagePanel title={search ? 'No run has these words' : 'No runs yet'}>
            {search ? 'Search for other words, or none.' : 'Each test that you run is listed here.'}
          </MessagePanel>
        ) : (
          items.length > 0 && <RunTable runs={items} chosen={chosen} onChoose={choose} onDelete={remove} />
        )}
        {(pages.length > 0 || next !== null) && (
          <div className={styles.turn}>
            <Button
              size="compact-xs"
              variant="default"
              disabled={pages.length === 0}
              onClick={() => setPages(pages.slice(0, -1))}
            >
              Newer
            </Button>
            <Button
              size="compact-xs"
              variant="default"
              disabled={next === null}
              onClick={() => next !== null && setPages([...pages, next])}
            >
              Older
            </Button>
          </div>
        )}
      </Section>
      <ConfirmDialog question={question} onClose={() => setQuestion(null)} />
    </PageFrame>
  );
}
