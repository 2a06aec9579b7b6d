import type { User } from '#kernel'

export const RUN_STATUSES = ['queued', 'running', 'completed', 'failed', 'undone'] as const
export type RunStatus = (typeof RUN_STATUSES)[number]

/** A step of a run, with how long it took and what it counted. */
export interface Phase {
  readonly name: string
  readonly ms: number
  readonly counts: Readonly<Record<string, number>>
}

/** An edge as a change names it. */
export interface EdgeName {
  readonly src: string
  readonly dst: string
  readonly type: string
}

/** Something that a run made or changed, or, on a dry run, would have. What users said is kept in dry runs alone. */
export type Change = {
  readonly op: 'create' | 'supersede'
  readonly before?: Readonly<Record<string, unknown>>
  readonly after?: Readonly<Record<string, unknown>>
} & ({ readonly trace: string } | { readonly edge: EdgeName })

/** One dream of one user's local day. */
export interface DreamRun {
  readonly id: string
  /** Like 2025-05-08. */
  readonly day: string
  /** Digest of what it reads: the same input is dreamt once. */
  readonly input: string
  readonly dryRun: boolean
  readonly status: RunStatus
  readonly phases: readonly Phase[]
  readonly changes: readonly Change[]
  readonly error: string | null
  readonly createdAt: Date
  readonly finishedAt: Date | null
}

export interface ConsolidateInput {
  readonly user: User
  /** Like 2025-05-08; without: every day not yet dreamt, today so far included. */
  readonly day?: string
  readonly dryRun: boolean
  /** Dreams again what was undone. */
  readonly force: boolean
}
