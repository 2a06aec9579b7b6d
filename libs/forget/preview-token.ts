import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { invalid, ReverieError } from '#kernel'
import type { ForgetSelector } from './forget.types'

/** What a token stands for: applying it selects again and must find the same set. */
export interface PreviewClaim {
  readonly userId: string
  /** Of the key that it was shown to, if that was one of a caller's own. */
  readonly keyId?: string
  readonly selector: ForgetSelector
  /** Digest of the ids that were shown. */
  readonly set: string
  readonly block?: boolean
  readonly expiresAt: number
}

const IV_BYTES = 12
const TAG_BYTES = 16

/** Order-free digest of a set of ids. */
export function digestOf(ids: readonly string[]): string {
  return createHash('sha256').update([...ids].sort().join('\n')).digest('base64url')
}

/**
 * Seals a claim with AES-256-GCM. The token carries the claim itself, encrypted: a query to be forgotten is written down nowhere,
 * and any process can apply it.
 */
export function sealToken(claim: PreviewClaim, key: Buffer): string {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  const sealed = Buffer.concat([cipher.update(JSON.stringify(claim), 'utf8'), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')
}

/**
 * @throws ReverieError invalid_request when it is no token of ours, of another user or shown to another key, stale_preview when it has expired
 */
export function openToken(token: string, key: Buffer, { userId, keyId }: Pick<PreviewClaim, 'userId' | 'keyId'>, now: Date): PreviewClaim {
  let claim: PreviewClaim
  try {
    const bytes = Buffer.from(token, 'base64url')
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES))
    decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
    claim = JSON.parse(Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8'), revive) as PreviewClaim
  } catch {
    throw invalid('preview_token', 'is not a token of a preview')
  }
  if (claim.userId !== userId) throw invalid('preview_token', 'belongs to another user')
  if (claim.keyId !== keyId) throw invalid('preview_token', 'belongs to another key')
  if (claim.expiresAt < now.getTime()) throw new ReverieError('stale_preview', 'preview_token: has expired; preview again', { field: 'preview_token' })
  return claim
}

/** Bounds of a scope are dates; JSON made them text. */
function revive(key: string, value: unknown): unknown {
  return (key === 'occurredFrom' || key === 'occurredUntil') && typeof value === 'string' ? new Date(value) : value
}
