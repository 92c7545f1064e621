import {
  type ApiKey,
  type AuditPage,
  apiKeyListSchema,
  auditPageSchema,
  type CreatedApiKey,
  createdApiKeySchema,
  type Invitation,
  invitationListSchema,
  type MadeLink,
  madeLinkSchema,
  type OpenSession,
  type Role,
  recoveryCodesSchema,
  type Scope,
  type Settings,
  type SignIn,
  sessionListSchema,
  settingsSchema,
  signInSchema,
  socketTicketSchema,
  type TotpBegun,
  totpBegunSchema,
  type User,
  type UserList,
  userListSchema,
  userSchema,
  watchlistSchema,
} from '@/lib/api/account-schemas';
import { requestJson, sendRequest } from '@/lib/api/request';

/* The paths under /api/auth, /api/me and /api/admin, and the socket's ticket. What each may refuse is in docs/openapi.yaml. */

/** Without what is undefined: the server refuses members that it does not know, and empty ones. */
function queryOf(parts: Record<string, string | boolean | number | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parts)) {
    if (value !== undefined && value !== '') query.set(name, String(value));
  }
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

const idIn = (path: string, id: string) => path.replace('{id}', encodeURIComponent(id));

// For strangers.

export async function logIn(email: string, password: string, totp?: string): Promise<SignIn> {
  const body = { email, password, ...(totp ? { totp } : {}) };
  return requestJson('/api/auth/login', signInSchema, { method: 'POST', body, stranger: true });
}

export async function setUp(token: string, email: string, password: string): Promise<SignIn> {
  const body = { token, email, password };
  return requestJson('/api/auth/setup', signInSchema, { method: 'POST', body, stranger: true });
}

export async function register(invitation: string, email: string, password: string): Promise<SignIn> {
  const body = { email, password, invitation };
  return requestJson('/api/auth/register', signInSchema, { method: 'POST', body, stranger: true });
}

export async function resetPassword(token: string, password: string): Promise<void> {
  await sendRequest('/api/auth/reset', { method: 'POST', body: { token, password }, stranger: true });
}

// The own account.

export async function fetchMe(signal?: AbortSignal): Promise<User> {
  return requestJson('/api/auth/me', userSchema, { signal });
}

export async function fetchSessions(signal?: AbortSignal): Promise<readonly OpenSession[]> {
  return (await requestJson('/api/auth/sessions', sessionListSchema, { signal })).items;
}

export async function endSession(id: string): Promise<void> {
  await sendRequest(idIn('/api/auth/sessions/{id}', id), { method: 'DELETE' });
}

export async function endOtherSessions(): Promise<void> {
  await sendRequest('/api/auth/sessions', { method: 'DELETE' });
}

export async function changePassword(
  currentPassword: string,
  newPassword: string,
  endOthers: boolean,
): Promise<SignIn> {
  const body = {
    current_password: currentPassword,
    new_password: newPassword,
    end_other_sessions: endOthers,
  };
  return requestJson('/api/auth/password', signInSchema, { method: 'POST', body });
}

export async function beginTotp(password: string): Promise<TotpBegun> {
  return requestJson('/api/auth/totp', totpBegunSchema, { method: 'POST', body: { password } });
}

export async function confirmTotp(totp: string): Promise<readonly string[]> {
  const answer = await requestJson('/api/auth/totp/confirm', recoveryCodesSchema, {
    method: 'POST',
    body: { totp },
  });
  return answer.recovery_codes;
}

export async function renewRecoveryCodes(password: string): Promise<readonly string[]> {
  const answer = await requestJson('/api/auth/totp/recovery-codes', recoveryCodesSchema, {
    method: 'POST',
    body: { password },
  });
  return answer.recovery_codes;
}

export async function disableTotp(password: string, totp: string): Promise<void> {
  await sendRequest('/api/auth/totp/disable', { method: 'POST', body: { password, totp } });
}

export async function fetchApiKeys(signal?: AbortSignal): Promise<readonly ApiKey[]> {
  return (await requestJson('/api/auth/keys', apiKeyListSchema, { signal })).items;
}

export async function createApiKey(
  name: string,
  scopes: readonly Scope[],
  days: number,
): Promise<CreatedApiKey> {
  const body = { name, scopes, expires_in_days: days };
  return requestJson('/api/auth/keys', createdApiKeySchema, { method: 'POST', body });
}

export async function revokeApiKey(id: string): Promise<void> {
  await sendRequest(idIn('/api/auth/keys/{id}', id), { method: 'DELETE' });
}

export async function fetchSettings(signal?: AbortSignal): Promise<Settings> {
  return requestJson('/api/me/settings', settingsSchema, { signal });
}

export async function saveSettings(change: Partial<Settings>): Promise<Settings> {
  return requestJson('/api/me/settings', settingsSchema, { method: 'PUT', body: change });
}

export async function fetchWatchlist(signal?: AbortSignal): Promise<readonly string[]> {
  return (await requestJson('/api/me/watchlist', watchlistSchema, { signal })).symbols;
}

export async function saveWatchlist(symbols: readonly string[]): Promise<readonly string[]> {
  return (await requestJson('/api/me/watchlist', watchlistSchema, { method: 'PUT', body: { symbols } }))
    .symbols;
}

/** One use, 30 s. */
export async function fetchSocketTicket(): Promise<string> {
  return (await requestJson('/api/ws/ticket', socketTicketSchema, { method: 'POST' })).ticket;
}

// For administrators.

export interface UserFilter {
  readonly search?: string | undefined;
  readonly role?: Role | undefined;
  readonly active?: boolean | undefined;
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}

export async function fetchUsers(filter: UserFilter, signal?: AbortSignal): Promise<UserList> {
  return requestJson(`/api/admin/users${queryOf({ ...filter })}`, userListSchema, { signal });
}

export async function changeUser(
  id: string,
  change: { readonly role?: Role; readonly active?: boolean },
): Promise<User> {
  return requestJson(idIn('/api/admin/users/{id}', id), userSchema, { method: 'PUT', body: change });
}

export async function endSessionsOfUser(id: string): Promise<void> {
  await sendRequest(idIn('/api/admin/users/{id}/sessions', id), { method: 'DELETE' });
}

export async function makeResetLink(id: string): Promise<MadeLink> {
  return requestJson(idIn('/api/admin/users/{id}/reset', id), madeLinkSchema, { method: 'POST' });
}

export async function fetchInvitations(signal?: AbortSignal): Promise<readonly Invitation[]> {
  return (await requestJson('/api/admin/invitations', invitationListSchema, { signal })).items;
}

export async function invite(email: string | null, role: Role, days: number): Promise<MadeLink> {
  const body = { email, role, expires_in_days: days };
  return requestJson('/api/admin/invitations', madeLinkSchema, { method: 'POST', body });
}

export async function revokeInvitation(id: string): Promise<void> {
  await sendRequest(idIn('/api/admin/invitations/{id}', id), { method: 'DELETE' });
}

export interface AuditFilter {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly target?: string | undefined;
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}

export async function fetchAudit(filter: AuditFilter, signal?: AbortSignal): Promise<AuditPage> {
  return requestJson(`/api/admin/audit${queryOf({ ...filter })}`, auditPageSchema, { signal });
}
