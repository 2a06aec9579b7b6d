import { createZodDto } from 'nestjs-zod'
import { z } from 'zod'
import { type ApiKey, type IssuedKey, KEY_ROLES, type NewKey } from '#access'
import { invalid, userOf } from '#kernel'
import * as field from './fields'
import { iso, isoOrNull } from './presenters'

/** Body of `POST /keys`. */
export class KeyDto extends createZodDto(z.strictObject({
  name: field.name().describe('What it is for.'),
  role: z.enum(KEY_ROLES).describe('admin: everything; service: everything but administration; user: the memory of user_id alone.'),
  user_id: field.name().optional().describe('For role user, and for no other.'),
  expires_at: field.instant().optional(),
})) {}

const Key = z.object({
  id: z.string(), name: z.string(), role: z.enum(KEY_ROLES), user_id: z.string().nullable(), hint: z.string().describe('How the key begins.'),
  created_at: z.string(), expires_at: z.string().nullable(), last_used_at: z.string().nullable().describe('To the minute.'), revoked_at: z.string().nullable(),
})
export class KeyAnswerDto extends createZodDto(Key) {}
export class KeyListDto extends createZodDto(z.object({ results: z.array(Key), next_cursor: z.null() })) {}
export class IssuedKeyDto extends createZodDto(Key.extend({ key: z.string().describe('The secret, told this once.') })) {}

/** @throws ReverieError invalid_request when the role and the user do not fit */
export function toNewKey({ name, role, user_id, expires_at }: KeyDto): NewKey {
  if (role === 'user' && user_id === undefined) throw invalid('user_id', 'is needed for role user')
  if (role !== 'user' && user_id !== undefined) throw invalid('user_id', `is for role user, not ${role}`)
  return { name, role, ...(user_id === undefined ? {} : { user: userOf(user_id) }), ...(expires_at === undefined ? {} : { expiresAt: new Date(expires_at) }) }
}

export function presentKey({ id, name, role, userId, hint, createdAt, expiresAt, lastUsedAt, revokedAt }: ApiKey): KeyAnswerDto {
  return {
    id, name, role, user_id: userId, hint, created_at: iso(createdAt), expires_at: isoOrNull(expiresAt), last_used_at: isoOrNull(lastUsedAt), revoked_at: isoOrNull(revokedAt),
  }
}

export function presentIssued({ key, secret }: IssuedKey): IssuedKeyDto {
  return { ...presentKey(key), key: secret }
}
