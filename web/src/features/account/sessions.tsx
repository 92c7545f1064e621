import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ConfirmDialog, type Question } from '@/components/confirm-dialog';
import { Section } from '@/components/page-frame';
import { ProblemNote } from '@/components/problem-note';
import { When } from '@/components/when';
import type { OpenSession } from '@/lib/api/account-schemas';
import { endOtherSessions, endSession, fetchSessions } from '@/lib/api/accounts';
import { deviceWords } from '@/lib/device-words';
import { useServerNow } from '@/lib/use-now';
import styles from './account.module.css';

const KEY = ['sessions'];

/** Where this account is signed in, and the way to end that. */
export function Sessions() {
  const cache = useQueryClient();
  const [question, setQuestion] = useState<Question | null>(null);
  const sessions = useQuery({ queryKey: KEY, queryFn: ({ signal }) => fetchSessions(signal) });
  const again = () => cache.invalidateQueries({ queryKey: KEY });
  const others = sessions.data?.some((one) => !one.current) ?? false;

  const askOne = (one: OpenSession) =>
    setQuestion({
      title: 'Sign this device out?',
      text: `${deviceWords(one.user_agent)} (${one.address}) is signed out at once. Who uses it must sign in again.`,
      action: 'Sign it out',
      act: () => endSession(one.id).then(again),
    });
  const askAll = () =>
    setQuestion({
      title: 'Sign all other devices out?',
      text: 'Every session but this one ends at once. Your API keys go on working.',
      action: 'Sign them out',
      act: () => endOtherSessions().then(again),
    });

  return (
    <Section
      title="Where you are signed in"
      about="If there is a device that you do not know, sign it out and change your password."
      actions={
        others && (
          <Button variant="default" size="xs" onClick={askAll}>
            Sign out all others
          </Button>
        )
      }
    >
      {sessions.error && <ProblemNote>{sessions.error.message}</ProblemNote>}
      {sessions.isPending && <p className={styles.empty}>Loading…</p>}
      {sessions.data && (
        <ul className={styles.list}>
          {sessions.data.map((one) => (
            <SessionItem key={one.id} session={one} onEnd={() => askOne(one)} />
          ))}
        </ul>
      )}
      <ConfirmDialog question={question} onClose={() => setQuestion(null)} />
    </Section>
  );
}

function SessionItem({ session, onEnd }: { session: OpenSession; onEnd: () => void }) {
  const now = useServerNow();
  const device = deviceWords(session.user_agent);
  return (
    <li className={styles.item}>
      <div className={styles.what}>
        <div className={styles.name} title={session.user_agent}>
          {device}
          {session.current && <span className={styles.tag}>This device</span>}
        </div>
        <div className={styles.detail}>
          {session.address || 'no address'} · used <When time={session.last_used_at} now={now} />
        </div>
        <div className={styles.detail}>
          signed in <When time={session.created_at} now={now} />
        </div>
      </div>
      {!session.current && (
        <Button
          variant="default"
          size="xs"
          onClick={onEnd}
          aria-label={`Sign out ${device}, ${session.address}`}
        >
          Sign out
        </Button>
      )}
    </li>
  );
}
