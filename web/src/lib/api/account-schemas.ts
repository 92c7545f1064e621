import { z } from 'zod';
import type { components } from '@/lib/api/schema';
import { timeSchema } from '@/lib/api/schemas';

/* What the server says about accounts; see schemas.ts. */
type Contract = components['schemas'];

export const ROLES = ['user', 'admin'] as const;
export const roleSchema = z.enum(ROLES) satisfies z.ZodType<Contract['Role'], unknown>;
export type Role = z.infer<typeof roleSchema>;

export const userSchema = z.object({
  id: z.string(),
  email: z.string(),
  role: roleSchema,
  active: z.boolean(),
  created_at: timeSchema,
  last_login: timeSchema.nullable(),
  telegram_chat_id: z.string().nullable(),
  telegram_enabled: z.boolean(),
  email_enabled: z.boolean(),
  totp_enabled: z.boolean(),
}) satisfies z.ZodType<Contract['User'], unknown>;
export type User = z.infer<typeof userSchema>;

export const signInSchema = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().int().positive(),
  user: userSchema,
}) satisfies z.ZodType<Contract['SignIn'], unknown>;
export type SignIn = z.infer<typeof signInSchema>;

export const sessionSchema = z.object({
  id: z.string(),
  created_at: timeSchema,
  last_used_at: timeSchema,
  expires_at: timeSchema,
  address: z.string(),
  user_agent: z.string(),
  current: z.boolean(),
}) satisfies z.ZodType<Contract['Session'], unknown>;
/** One place where an account is signed in. */
export type OpenSession = z.infer<typeof sessionSchema>;

export const sessionListSchema = z.object({ items: z.array(sessionSchema) }) satisfies z.ZodType<
  Omit<Contract['SessionList'], 'next'>,
  unknown
>;

export const totpBegunSchema = z.object({ secret: z.string(), uri: z.string() }) satisfies z.ZodType<
  Contract['TotpBegun'],
  unknown
>;
export type TotpBegun = z.infer<typeof totpBegunSchema>;

export const recoveryCodesSchema = z.object({
  recovery_codes: z.array(z.string()).min(1),
}) satisfies z.ZodType<Contract['RecoveryCodes'], unknown>;

export const SCOPES = ['read', 'write', 'admin'] as const;
export const apiKeySchema = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  created_at: timeSchema,
  expires_at: timeSchema.nullable(),
  last_used_at: timeSchema.nullable(),
}) satisfies z.ZodType<Contract['ApiKey'], unknown>;
export type ApiKey = z.infer<typeof apiKeySchema>;
export type Scope = (typeof SCOPES)[number];

export const apiKeyListSchema = z.object({ items: z.array(apiKeySchema) }) satisfies z.ZodType<
  Omit<Contract['ApiKeyList'], 'next'>,
  unknown
>;
export const createdApiKeySchema = apiKeySchema.extend({ key: z.string() }) satisfies z.ZodType<
  Contract['CreatedApiKey'],
  unknown
>;
export type CreatedApiKey = z.infer<typeof createdApiKeySchema>;

export const NUMBER_FORMATS = ['auto', '1,234.56', '1.234,56', '1 234,56', "1'234.56"] as const;
export type NumberFormat = (typeof NUMBER_FORMATS)[number];
export const THEMES = ['auto', 'light', 'dark'] as const;

export const settingsSchema = z.object({
  time_zone: z.string(),
  number_format: z.enum(NUMBER_FORMATS),
  theme: z.enum(THEMES),
  default_symbol: z.string().nullable(),
}) satisfies z.ZodType<Contract['Settings'], unknown>;
export type Settings = z.infer<typeof settingsSchema>;

export const watchlistSchema = z.object({ symbols: z.array(z.string()) }) satisfies z.ZodType<
  Contract['Watchlist'],
  unknown
>;

export const userListSchema = z.object({
  items: z.array(userSchema),
  next: z.string().nullable(),
  total: z.number().int().nonnegative(),
}) satisfies z.ZodType<Contract['UserList'], unknown>;
export type UserList = z.infer<typeof userListSchema>;

export const madeLinkSchema = z.object({
  id: z.string(),
  link: z.string(),
  expires_at: timeSchema,
}) satisfies z.ZodType<Contract['MadeLink'], unknown>;
export type MadeLink = z.infer<typeof madeLinkSchema>;

export const invitationSchema = z.object({
  id: z.string(),
  email: z.string().nullable(),
  role: roleSchema,
  created_by: z.string(),
  created_at: timeSchema,
  expires_at: timeSchema,
}) satisfies z.ZodType<Contract['Invitation'], unknown>;
export type Invitation = z.infer<typeof invitationSchema>;
export const invitationListSchema = z.object({ items: z.array(invitationSchema) }) satisfies z.ZodType<
  Omit<Contract['InvitationList'], 'next'>,
  unknown
>;

const changedSchema = z.record(z.string(), z.unknown()).nullable();
export const auditEntrySchema = z.object({
  sequence: z.number().int().positive(),
  at: timeSchema,
  actor: z.string(),
  actor_email: z.string().nullable(),
  action: z.string(),
  target: z.string(),
  target_email: z.string().nullable(),
  outcome: z.string(),
  before: changedSchema,
  after: changedSchema,
  address: z.string(),
  request_id: z.string(),
  hash: z.string(),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;
export const auditPageSchema = z.object({ items: z.array(auditEntrySchema), next: z.string().nullable() });
export type AuditPage = z.infer<typeof auditPageSchema>;

export const socketTicketSchema = z.object({
  ticket: z.string().min(1),
  expires_in: z.number().int().positive(),
}) satisfies z.ZodType<Contract['SocketTicket'], unknown>;
