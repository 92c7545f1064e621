import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ConfirmDialog, type Question } from '@/components/confirm-dialog';
import { Section } from '@/components/page-frame';
import { ProblemNote } from '@/components/problem-note';
import { Secret } from '@/components/secret';
import { When } from '@/components/when';
import type { ApiKey, CreatedApiKey } from '@/lib/api/account-schemas';
import { fetchApiKeys, revokeApiKey } from '@/lib/api/accounts';
import { useServerNow } from '@/lib/use-now';
import styles from './account.module.css';
import { NewApiKeyForm } from './new-api-key-form';

const KEY = ['api-keys'];

/** Keys for programs that act for this account. */
export function ApiKeys() {
  const cache = useQueryClient();
  const keys = useQuery({ queryKey: KEY, queryFn: ({ signal }) => fetchApiKeys(signal) });
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<CreatedApiKey | null>(null);
  const [question, setQuestion] = useState<Question | null>(null);
  const again = () => cache.invalidateQueries({ queryKey: KEY });
  const ask = (key: ApiKey) =>
    setQuestion({
      title: `Revoke “${key.name}”?`,
      text: 'Programs that use this key are refused from their next request on. This cannot be undone.',
      action: 'Revoke it',
      act: async () => {
        await revokeApiKey(key.id);
        if (made?.id === key.id) setMade(null);
        await again();
      },
    });
  return (
    <Section
      title="API keys"
      about="For programs of yours: they send a key as “Authorization: Bearer cw_…”. A key can never touch sessions, passwords, two-factor or keys."
      actions={
        !making && (
          <Button
            variant="default"
            size="xs"
            onClick={() => {
              setMade(null);
              setMaking(true);
            }}
          >
            New key…
          </Button>
        )
      }
    >
      <div className={styles.stack}>
        {making && (
          <NewApiKeyForm
            onCancel={() => setMaking(false)}
            onMade={(key) => {
              setMaking(false);
              setMade(key);
              void again();
            }}
          />
        )}
        {made && (
          <Secret
            label={`The key “${made.name}”`}
            text={made.key}
            about="Copy it into your program now: it is never shown again."
          />
        )}
        {keys.error && <ProblemNote>{keys.error.message}</ProblemNote>}
      </div>
      {keys.isPending && <p className={styles.empty}>Loading…</p>}
      {keys.data?.length === 0 && !making && <p className={styles.empty}>There is no key.</p>}
      {keys.data && keys.data.length > 0 && (
        <ul className={styles.list}>
          {keys.data.map((key) => (
            <KeyItem key={key.id} apiKey={key} onRevoke={() => ask(key)} />
          ))}
        </ul>
      )}
      <ConfirmDialog question={question} onClose={() => setQuestion(null)} />
    </Section>
  );
}

function KeyItem({ apiKey, onRevoke }: { apiKey: ApiKey; onRevoke: () => void }) {
  const now = useServerNow();
  const expired = apiKey.expires_at !== null && apiKey.expires_at <= now;
  return (
    <li className={styles.item}>
      <div className={styles.what}>
        <div className={styles.name}>
          {apiKey.name}
          {expired && (
            <span className={styles.tag} data-tone="warn">
              Expired
            </span>
          )}
        </div>
        <div className={styles.detail}>
          May {apiKey.scopes.join(', ')} · used <When time={apiKey.last_used_at} now={now} />
        </div>
        <div className={styles.detail}>
          made <When time={apiKey.created_at} now={now} /> · ends{' '}
          <When time={apiKey.expires_at} now={now} never="never" />
        </div>
      </div>
      <Button variant="default" size="xs" onClick={onRevoke} aria-label={`Revoke ${apiKey.name}`}>
        Revoke
      </Button>
    </li>
  );
}
