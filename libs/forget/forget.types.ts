import type { Kind, TraceFilter } from '#episodic-memory'
import type { User } from '#kernel'
import type { ForgetCounts } from './forget-counts'

/** A scope: a trace filter with bounds, or everything of the user. Never empty: the edge refuses `{}`. */
export interface ForgetScope extends TraceFilter {
  readonly all?: true
}

export type ForgetSelector =
  | { readonly ids: readonly string[] }
  | { readonly query: string }
  | { readonly scope: ForgetScope }
  | { readonly previewToken: string }

export interface ForgetInput {
  readonly user: User
  /** Id of the caller's key, if they have one of their own: a preview is applied by whom it was shown to. */
  readonly keyId?: string
  readonly selector: ForgetSelector
  /** A query always previews, whatever this says. */
  readonly dryRun: boolean
  /** Of a preview: the id that the page before ended with. */
  readonly cursor?: string
  readonly reason?: string
  /** Default: true for ids, false for a scope. */
  readonly block?: boolean
}

export interface ForgetCandidate {
  readonly id: string
  readonly content: string
  readonly kind: Kind
  readonly score?: number
  readonly because: 'match' | 'similar' | 'derived'
}

export interface ForgetPreview {
  readonly dryRun: true
  /** How many applying the token would forget (matches and derived, without similar), on all pages. */
  readonly count: number
  /** A page of them; similar ones follow on the last. */
  readonly candidates: readonly ForgetCandidate[]
  /** Of all pages. */
  readonly previewToken: string
  /** The id that this page ends with; undefined on the last one. */
  readonly nextCursor?: string
}

export interface Receipt {
  readonly id: string
  readonly at: Date
  readonly digest: string
  /** Digest of the user's receipt before; null for the first. */
  readonly previous: string | null
  readonly counts: ForgetCounts
  /** Whether the bytes of what was erased are gone, too. */
  readonly purged: boolean
}

export interface ForgetApplied {
  readonly dryRun: false
  readonly forgotten: ForgetCounts
  readonly ids: readonly string[]
  /** Ids of the tombstones. */
  readonly tombstones: readonly string[]
  readonly receipt: Receipt
}

export type ForgetAnswer = ForgetPreview | ForgetApplied
