import { createHash } from 'node:crypto'
import { ForgetCounts } from './forget-counts'

/** What a receipt's digest speaks for. Whether it was purged comes later and is no part of it. */
export interface Chained {
  readonly id: string
  readonly at: Date
  readonly counts: ForgetCounts
  /** Digest of the user's receipt before; null for the first. */
  readonly previous: string | null
}

export interface ChainFault {
  /** Position of the first receipt that does not fit. */
  readonly index: number
  /** changed: its digest is that of something else; unlinked: it does not follow the one before it. */
  readonly what: 'changed' | 'unlinked'
}

const COUNTS = ForgetCounts.keyof().options

/** SHA-256, in hex, of the JSON `[id, at, counts, previous]`: changing any of them, or a receipt before it, changes this. Pure. */
export function receiptDigest({ id, at, counts, previous }: Chained): string {
  const ordered = Object.fromEntries(COUNTS.map((name) => [name, counts[name]]))
  return createHash('sha256').update(JSON.stringify([id, at.toISOString(), ordered, previous])).digest('hex')
}

/**
 * The first of a user's receipts, oldest first, that was changed, or does not follow the one before it because one is missing, added or
 * elsewhere; undefined when all fit. Whether some are missing at the end only the last digest tells, known from elsewhere. Pure.
 */
export function chainFault(receipts: readonly (Chained & { readonly digest: string })[]): ChainFault | undefined {
  let before: string | null = null
  for (const [index, receipt] of receipts.entries()) {
    if (receiptDigest(receipt) !== receipt.digest) return { index, what: 'changed' }
    if (receipt.previous !== before) return { index, what: 'unlinked' }
    before = receipt.digest
  }
  return undefined
}
