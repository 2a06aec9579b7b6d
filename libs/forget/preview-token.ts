import { createHash } from 'node:crypto'
import { invalid, ReverieError, type Secrets } from '#kernel'
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

/** Every preview's token is sealed for this; whose it is, it says itself, so that a stranger's is refused by name. */
const [PURPOSE, ABOUT] = ['preview', 'forget']

/** Order-free digest of a set of ids. */
export function digestOf(ids: readonly string[]): string {
  return createHash('sha256').update([...ids].sort().join('\n')).digest('base64url')
}

/** The token carries the claim itself, sealed: a query to be forgotten is written down nowhere, and any process can apply it. */
export function sealToken(claim: PreviewClaim, secrets: Secrets): string {
  return secrets.seal(PURPOSE, JSON.stringify(claim), ABOUT)
}

/**
 * @throws ReverieError invalid_request when it is no token of ours, of another user or shown to another key, stale_preview when it has expired
 */
export function openToken(token: string, secrets: Secrets, { userId, keyId }: Pick<PreviewClaim, 'userId' | 'keyId'>, now: Date): PreviewClaim {
  const text = secrets.unseal(PURPOSE, token, ABOUT)
  if (text === undefined) throw invalid('preview_token', 'is not a token of a preview')
  const claim = JSON.parse(text, revive) as PreviewClaim
  if (claim.userId !== userId) throw invalid('preview_token', 'belongs to another user')
  if (claim.keyId !== keyId) throw invalid('preview_token', 'belongs to another key')
  if (claim.expiresAt < now.getTime()) throw new ReverieError('stale_preview', 'preview_token: has expired; preview again', { field: 'preview_token' })
  return claim
}

/** Bounds of a scope are dates; JSON made them text. */
function revive(key: string, value: unknown): unknown {
  return (key === 'occurredFrom' || key === 'occurredUntil') && typeof value === 'string' ? new Date(value) : value
}
