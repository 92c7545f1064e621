import { Button } from '@mantine/core';
import { useState } from 'react';
import { CopyButton } from '@/components/copy-button';
import { PasswordField, TextField } from '@/components/fields';
import { FormFrame } from '@/components/form-frame';
import { Section } from '@/components/page-frame';
import { GoodNote } from '@/components/problem-note';
import type { TotpBegun } from '@/lib/api/account-schemas';
import { beginTotp, confirmTotp, disableTotp, renewRecoveryCodes } from '@/lib/api/accounts';
import type { ApiProblem } from '@/lib/api/problem';
import { faultsOf } from '@/lib/form/checks';
import { useForm } from '@/lib/form/use-form';
import { useSession, useUser } from '@/lib/session/session-context';
import styles from './account.module.css';
import { CodesStep } from './codes-step';
import { QrCode } from './qr-code';

type Step =
  | { readonly name: 'rest' }
  | { readonly name: 'password'; readonly to: 'begin' | 'renew' }
  | { readonly name: 'off' }
  | { readonly name: 'scan'; readonly begun: TotpBegun }
  | { readonly name: 'codes'; readonly codes: readonly string[] };

const REST: Step = { name: 'rest' };

/** Two-factor: turning it on step by step, new recovery codes, turning it off. */
export function TwoFactor() {
  const session = useSession();
  const user = useUser();
  const [step, setStep] = useState<Step>(REST);
  const [note, setNote] = useState<string | null>(null);
  const go = (next: Step) => {
    setNote(null);
    setStep(next);
  };
  return (
    <Section
      title="Two-factor"
      about="Beside your password, signing in then takes six digits from an app on your phone. A stolen password alone opens nothing."
    >
      <div className={styles.stack}>
        {note && <GoodNote>{note}</GoodNote>}
        {step.name === 'rest' && <Rest on={user.totp_enabled} onStep={go} />}
        {step.name === 'password' && (
          <PasswordStep
            submit={step.to === 'begin' ? 'Go on' : 'Make new recovery codes'}
            onCancel={() => go(REST)}
            send={async (password) =>
              go(
                step.to === 'begin'
                  ? { name: 'scan', begun: await beginTotp(password) }
                  : { name: 'codes', codes: await renewRecoveryCodes(password) },
              )
            }
          />
        )}
        {step.name === 'scan' && (
          <ScanStep
            begun={step.begun}
            onCancel={() => go(REST)}
            onConfirmed={(codes) => {
              session.userChanged({ ...user, totp_enabled: true });
              go({ name: 'codes', codes });
            }}
          />
        )}
        {step.name === 'codes' && (
          <CodesStep
            codes={step.codes}
            email={user.email}
            onStored={() => {
              go(REST);
              setNote('Two-factor is on. Your recovery codes are with you.');
            }}
          />
        )}
        {step.name === 'off' && (
          <OffStep
            onCancel={() => go(REST)}
            onDone={() => {
              session.userChanged({ ...user, totp_enabled: false });
              go(REST);
              setNote('Two-factor is off.');
            }}
          />
        )}
      </div>
    </Section>
  );
}

function Rest({ on, onStep }: { on: boolean; onStep: (step: Step) => void }) {
  return (
    <div className={styles.row}>
      <span className={styles.name}>{on ? 'On' : 'Off'}</span>
      {on ? (
        <>
          <Button variant="default" size="xs" onClick={() => onStep({ name: 'password', to: 'renew' })}>
            New recovery codes…
          </Button>
          <Button variant="default" size="xs" onClick={() => onStep({ name: 'off' })}>
            Turn off…
          </Button>
        </>
      ) : (
        <Button size="xs" onClick={() => onStep({ name: 'password', to: 'begin' })}>
          Turn on…
        </Button>
      )}
    </div>
  );
}

const passwordMissing = (password: string) => (password === '' ? 'Enter your password.' : undefined);
const blamePassword = ({ code, field }: ApiProblem) =>
  code === 'invalid_credentials' || field === 'password' ? 'password' : null;

function Cancel({ onCancel }: { onCancel: () => void }) {
  return (
    <Button variant="default" onClick={onCancel}>
      Cancel
    </Button>
  );
}

function PasswordStep({
  submit,
  send,
  onCancel,
}: {
  submit: string;
  send: (password: string) => Promise<void>;
  onCancel: () => void;
}) {
  const form = useForm({
    initial: { password: '' },
    check: ({ password }) => faultsOf({ password: passwordMissing(password) }),
    blame: blamePassword,
    submit: ({ password }) => send(password),
  });
  return (
    <div className={styles.narrow}>
      <FormFrame
        form={form}
        label="Confirm that it is you"
        submit={submit}
        actions={<Cancel onCancel={onCancel} />}
      >
        <PasswordField
          {...form.field('password')}
          label="Your password"
          description="So that nobody does this at a desk that you have left open."
          autoComplete="current-password"
          autoFocus
        />
      </FormFrame>
    </div>
  );
}

function ScanStep({
  begun,
  onConfirmed,
  onCancel,
}: {
  begun: TotpBegun;
  onConfirmed: (codes: readonly string[]) => void;
  onCancel: () => void;
}) {
  const form = useForm({
    initial: { totp: '' },
    check: ({ totp }) =>
      faultsOf({
        totp: /^\d{6}$/.test(plain(totp)) ? undefined : 'Enter the six digits that the app shows now.',
      }),
    blame: ({ code, field }) => (code === 'invalid_totp' || field === 'totp' ? 'totp' : null),
    submit: async ({ totp }) => onConfirmed(await confirmTotp(plain(totp))),
  });
  return (
    <div className={styles.steps}>
      <QrCode className={styles.qr ?? ''} text={begun.uri} label="QR code for your authenticator app" />
      <div className={styles.stack}>
        <div>
          <div className={styles.name}>1. Scan this with an authenticator app</div>
          <div className={styles.detail}>
            Or type this key into it: <code className={styles.key}>{spaced(begun.secret)}</code>
          </div>
        </div>
        <div>
          <CopyButton text={begun.secret} name="Copy the key" />
        </div>
        <FormFrame
          form={form}
          label="Confirm the code"
          submit="Turn two-factor on"
          actions={<Cancel onCancel={onCancel} />}
        >
          <TextField
            {...form.field('totp')}
            label="2. Enter the six digits that it shows"
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={7}
            autoFocus
          />
        </FormFrame>
      </div>
    </div>
  );
}

const plain = (code: string) => code.replaceAll(/\s/g, '');
/** In groups of four, which are easier to type. */
const spaced = (secret: string) => secret.replaceAll(/(.{4})(?=.)/g, '$1 ');

function OffStep({ onDone, onCancel }: { onDone: () => void; onCancel: () => void }) {
  const form = useForm({
    initial: { password: '', totp: '' },
    check: ({ password, totp }) =>
      faultsOf({
        password: passwordMissing(password),
        totp: plain(totp).length < 6 ? 'Enter the six digits, or a recovery code.' : undefined,
      }),
    blame: (problem) =>
      problem.code === 'invalid_totp' || problem.field === 'totp' ? 'totp' : blamePassword(problem),
    submit: async ({ password, totp }) => {
      await disableTotp(password, plain(totp));
      onDone();
    },
  });
  return (
    <div className={styles.narrow}>
      <FormFrame
        form={form}
        label="Turn two-factor off"
        submit="Turn two-factor off"
        actions={<Cancel onCancel={onCancel} />}
      >
        <PasswordField
          {...form.field('password')}
          label="Your password"
          autoComplete="current-password"
          autoFocus
        />
        <TextField
          {...form.field('totp')}
          label="Six digits from the app, or a recovery code"
          autoComplete="one-time-code"
          autoCapitalize="none"
          spellCheck={false}
        />
      </FormFrame>
    </div>
  );
}
