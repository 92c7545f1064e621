import { NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { Section } from '@/components/page-frame';
import { ProblemNote } from '@/components/problem-note';
import { StateDot } from '@/components/state-dot';
import type { AuditEntry } from '@/lib/api/account-schemas';
import { fetchAudit } from '@/lib/api/accounts';
import { useFormats } from '@/lib/formats';
import styles from './admin.module.css';
import { actorName, changesOf } from './audit-words';
import { PageButtons, usePages } from './pages';
import { Cell, Row, Table } from './table';

const SEARCH_AFTER_MS = 250;
const COLUMNS = ['When', 'Who', 'What', 'To whom', 'Outcome', 'Before → after', 'From'];
const ACTORS = [
  { value: '', label: 'Anybody' },
  { value: 'stranger', label: 'Strangers' },
  { value: 'cli', label: 'The command line' },
  { value: 'system', label: 'The server itself' },
];

/** What happened to accounts, newest first. */
export function AuditLog() {
  const [action, setAction] = useState('');
  const [actor, setActor] = useState({ id: '', name: '' });
  const [settled] = useDebouncedValue(action, SEARCH_AFTER_MS);
  const pages = usePages();
  const filter = { action: settled.trim(), actor: actor.id, after: pages.after, limit: 50 };
  const audit = useQuery({
    queryKey: ['admin-audit', filter],
    queryFn: ({ signal }) => fetchAudit(filter, signal),
    placeholderData: keepPreviousData,
  });
  const seen = [...new Set(audit.data?.items.map((one) => one.action))].sort();
  const listId = useId();
  const pick = (id: string, name: string) => {
    setActor({ id, name });
    pages.first();
  };
  const actors = ACTORS.some((one) => one.value === actor.id)
    ? ACTORS
    : [...ACTORS, { value: actor.id, label: actor.name }];
  return (
    <Section
      title="Audit log"
      about="It is only ever added to, and each entry seals the one before: “candlewick audit verify” checks the whole chain."
    >
      <div className={styles.filters}>
        <TextInput
          className={styles.grow ?? ''}
          label="What"
          placeholder="An action or its beginning, such as “user.”"
          type="search"
          list={listId}
          value={action}
          onChange={(event) => {
            setAction(event.currentTarget.value);
            pages.first();
          }}
        />
        <datalist id={listId}>
          {seen.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
        <NativeSelect
          label="Who"
          data={actors}
          value={actor.id}
          onChange={(event) => pick(event.currentTarget.value, actor.name)}
        />
      </div>
      {audit.error && <ProblemNote>{audit.error.message}</ProblemNote>}
      {audit.isPending && <p className={styles.empty}>Loading…</p>}
      {audit.data?.items.length === 0 && <p className={styles.empty}>Nothing of that kind is recorded.</p>}
      {audit.data && audit.data.items.length > 0 && (
        <Table name="Audit log" columns={COLUMNS}>
          {audit.data.items.map((entry) => (
            <EntryRow
              key={entry.sequence}
              entry={entry}
              onActor={() => pick(entry.actor, actorName(entry))}
            />
          ))}
        </Table>
      )}
      {audit.data && <PageButtons pages={pages} next={audit.data.next} about="" />}
    </Section>
  );
}

function EntryRow({ entry, onActor }: { entry: AuditEntry; onActor: () => void }) {
  const { formatDay, formatClock, formatMoment } = useFormats();
  const changes = changesOf(entry, formatMoment);
  const good = entry.outcome === 'done';
  const name = actorName(entry);
  return (
    <Row>
      <Cell
        className={styles.nowrap}
        title={`Entry ${entry.sequence}, request ${entry.request_id || 'none'}`}
      >
        {formatDay(entry.at)} <span className={styles.dim}>{formatClock(entry.at, true)}</span>
      </Cell>
      <Cell full>
        <button type="button" className={styles.pick} title={`Only what ${name} did`} onClick={onActor}>
          {name}
        </button>
      </Cell>
      <Cell className={styles.nowrap}>
        <code>{entry.action}</code>
      </Cell>
      <Cell className={styles.target}>{entry.target_email ?? entry.target}</Cell>
      <Cell className={styles.nowrap}>
        <span className={styles.state}>
          <StateDot tone={good ? 'good' : 'bad'} /> {good ? 'done' : entry.outcome}
        </span>
      </Cell>
      <Cell full={changes.length > 0}>
        {changes.length > 0 && (
          <ul className={styles.changes}>
            {changes.map((change) => (
              <li key={change.name}>
                <span className={styles.dim}>{change.name}</span>{' '}
                {change.before !== null && (
                  <>
                    <code>{change.before}</code>
                    <span className={styles.dim}> → </span>
                  </>
                )}
                <code>{change.after ?? 'nothing'}</code>
              </li>
            ))}
          </ul>
        )}
      </Cell>
      <Cell className={styles.dim}>{entry.address}</Cell>
    </Row>
  );
}
