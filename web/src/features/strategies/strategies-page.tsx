import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ConfirmDialog, type Question } from '@/components/confirm-dialog';
import { Link } from '@/components/link';
import { MessagePanel } from '@/components/message-panel';
import { NotLoaded } from '@/components/not-loaded';
import { PageFrame, Section } from '@/components/page-frame';
import { When } from '@/components/when';
import { beginPath, labLinks, newStrategyPath, strategyPath } from '@/lib/lab/lab-place';
import { deleteStrategy } from '@/lib/lab/strategies-client';
import type { StrategyItem } from '@/lib/lab/strategy-schemas';
import { useStrategies } from '@/lib/lab/use-lab';
import { useServerNow } from '@/lib/use-now';
import styles from './strategies.module.css';

/** The strategies that are shipped, and the own ones. */
export function StrategiesPage() {
  const cache = useQueryClient();
  const strategies = useStrategies();
  const [question, setQuestion] = useState<Question | null>(null);
  const all = strategies.data ?? [];
  const own = all.filter((one) => !one.built_in);
  const remove = (strategy: StrategyItem) =>
    setQuestion({
      title: `Delete “${strategy.title || strategy.name}”?`,
      text: 'All its versions go. Runs that were made of it stay, with the document that they ran.',
      action: 'Delete',
      act: async () => {
        await deleteStrategy(strategy.name);
        await cache.invalidateQueries({ queryKey: ['lab', 'strategies'] });
      },
    });
  return (
    <PageFrame title="Lab" links={labLinks('strategies')} wide="most">
      {strategies.error && !strategies.data && (
        <NotLoaded
          title="The strategies could not be loaded"
          problem={strategies.error}
          onRetry={strategies.refetch}
        />
      )}
      {strategies.isPending && <MessagePanel title="Loading the strategies…">One moment.</MessagePanel>}
      {strategies.data && (
        <>
          <Section
            title="Your own"
            about="A strategy is a document: when it enters and leaves, where its stops are, how much is at stake. Each save is a version."
            actions={
              <Button component={Link} href={newStrategyPath(null)} size="xs">
                New strategy
              </Button>
            }
          >
            {own.length === 0 ? (
              <MessagePanel title="None yet">
                Begin with a template, or copy one that is shipped and change it.
              </MessagePanel>
            ) : (
              <List strategies={own} onDelete={remove} />
            )}
          </Section>
          <Section
            title="Shipped"
            about="Known rules, written down to be tested, copied and changed. None of them is advice."
          >
            <List strategies={all.filter((one) => one.built_in)} />
          </Section>
        </>
      )}
      <ConfirmDialog question={question} onClose={() => setQuestion(null)} />
    </PageFrame>
  );
}

function List({
  strategies,
  onDelete,
}: {
  strategies: readonly StrategyItem[];
  onDelete?: (strategy: StrategyItem) => void;
}) {
  const now = useServerNow(false);
  return (
    <ul className={styles.list}>
      {strategies.map((one) => {
        const name = one.title || one.name;
        return (
          <li key={one.name}>
            <div className={styles.about}>
              <Link href={strategyPath(one.name)} className={styles.name}>
                {name}
              </Link>{' '}
              <span className={styles.dim}>
                {one.timeframe}
                {one.tags.length > 0 && ` · ${one.tags.join(', ')}`}
                {!one.built_in && ` · version ${one.version ?? '?'}`}
                {one.updated_at !== null && (
                  <>
                    {' · '}
                    <When time={one.updated_at} now={now} />
                  </>
                )}
              </span>
              {one.description && <p>{one.description}</p>}
            </div>
            <div className={styles.buttons}>
              <Button
                component={Link}
                href={beginPath('test', { strategy: one.name })}
                size="compact-sm"
                variant="default"
                aria-label={`Test ${name}`}
              >
                Test
              </Button>
              <Button
                component={Link}
                href={newStrategyPath(one.name)}
                size="compact-sm"
                variant="default"
                aria-label={`Copy ${name}`}
              >
                Copy
              </Button>
              {onDelete && (
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={`Delete ${name}`}
                  onClick={() => onDelete(one)}
                >
                  Delete
                </Button>
              )}
            </div>
          </li>
        );
      })}
    </ul>
  );
}
