import type { Question } from '@/components/confirm-dialog';
import type { MadeLink, User } from '@/lib/api/account-schemas';
import { changeUser, endSessionsOfUser, makeResetLink } from '@/lib/api/accounts';

/** What an administrator may do with an account. */
export type UserDeed = 'promote' | 'demote' | 'disable' | 'enable' | 'end_sessions' | 'reset';

/**
 * What is asked before a deed: what will happen to whom. `onDone` is told afterwards, in words, with the link where one was
 * made.
 */
export function userQuestion(
  user: User,
  deed: UserDeed,
  onDone: (text: string, link: MadeLink | null) => Promise<void>,
): Question {
  const { id, email } = user;
  const done = (text: string) => onDone(text, null);
  switch (deed) {
    case 'promote':
      return {
        title: 'Make an administrator?',
        text: `${email} may then change and disable every account, this one too, and read the audit log.`,
        action: 'Make an administrator',
        act: () => changeUser(id, { role: 'admin' }).then(() => done(`${email} is an administrator now.`)),
      };
    case 'demote':
      return {
        title: 'Make a user?',
        text: `${email} loses the administrator’s pages with the next click.`,
        action: 'Make a user',
        act: () => changeUser(id, { role: 'user' }).then(() => done(`${email} is a user now.`)),
      };
    case 'disable':
      return {
        title: 'Disable the account?',
        text: `${email} is signed out everywhere at once and cannot sign in until the account is enabled again. Nothing of it is deleted.`,
        action: 'Disable',
        act: () => changeUser(id, { active: false }).then(() => done(`${email} is disabled.`)),
      };
    case 'enable':
      return {
        title: 'Enable the account?',
        text: `${email} can sign in again, with the same password and the same role.`,
        action: 'Enable',
        act: () => changeUser(id, { active: true }).then(() => done(`${email} is enabled.`)),
      };
    case 'end_sessions':
      return {
        title: 'End all sessions?',
        text: `${email} is signed out everywhere at once, and may sign in again. API keys go on working.`,
        action: 'End them',
        act: () => endSessionsOfUser(id).then(() => done(`${email} is signed out everywhere.`)),
      };
    case 'reset':
      return {
        title: 'Make a reset link?',
        text: `Whoever has the link can choose a new password for ${email}. Links made before for this account stop working.`,
        action: 'Make the link',
        act: () => makeResetLink(id).then((link) => onDone('', link)),
      };
  }
}
