import { useEffect, useId, useRef } from 'react';
import { useSession, useSessionState } from '@/lib/session/session-context';
import door from './door-page.module.css';
import styles from './session-over-dialog.module.css';
import { SignInForm } from './sign-in-form';

/**
 * Laid over the page when its session has ended. The page stays as it is, with all that was typed; nothing of it can be
 * reached until the same person is back.
 */
export function SessionOverDialog() {
  const state = useSessionState();
  return state.phase === 'over' ? <Dialog email={state.user.email} /> : null;
}

function Dialog({ email }: { email: string }) {
  const session = useSession();
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  useEffect(() => {
    const element = dialog.current;
    // The browser's own modal: all else is out of reach, other dialogs of the page too.
    const open = () => {
      if (element?.open === false) element.showModal();
      element?.querySelector<HTMLInputElement>('input[type="password"]')?.focus();
    };
    open();
    // Pressed often enough, Escape closes any dialog.
    const closed = () => open();
    element?.addEventListener('close', closed);
    return () => element?.removeEventListener('close', closed);
  }, []);
  return (
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-labelledby={title}
      onCancel={(event) => event.preventDefault()}
    >
      <h2 id={title} className={styles.title}>
        Your session has ended: sign in to go on
      </h2>
      <p className={styles.text}>
        Nothing that you typed is lost. The page goes on where it was, as soon as you have signed in as{' '}
        {email}.
      </p>
      <SignInForm email={email} onSignedIn={(answer) => session.signedIn(answer)} />
      <div className={styles.foot}>
        <span>Another account loads the page anew.</span>
        <button type="button" className={door.link} onClick={() => session.leave()}>
          Leave this page
        </button>
      </div>
    </dialog>
  );
}
