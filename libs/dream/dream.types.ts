import type { User } from '#kernel'
import type { EdgeName } from './change'

export const RUN_STATUSES = ['queued', 'running', 'completed', 'failed', 'undone'] as const
export type RunStatus = (typeof RUN_STATUSES)[number]

/** A phase that is done, with how long it took and what it counted. */
export interface Phase {
  readonly name: string
  readonly ms: number
  readonly counts: Readonly<Record<string, number>>
}

type Values = Readonly<Record<string, unknown>>

/**
 * Something that a run made or changed, or, on a dry run, would have. What a made trace says is read from the trace, as long as that is
 * there; a dry run keeps it until one of its sources is forgotten.
 */
export type DiaryEntry = {
  readonly op: 'create' | 'update' | 'supersede' | 'remove'
  readonly before?: Values
  readonly after?: Values
} & ({ readonly trace: string } | { readonly edge: EdgeName } | { readonly session: string })

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
  /** How many of its changes were taken out of the diary since, because what they were about was forgotten. */
  readonly forgotten: number
  readonly error: string | null
  readonly createdAt: Date
  /** The present of the run; null before it began. */
  readonly startedAt: Date | null
  readonly finishedAt: Date | null
}

/** A run with all that it changed. */
export interface DreamDiary extends DreamRun {
  readonly changes: readonly DiaryEntry[]
}

export interface ConsolidateInput {
  readonly user: User
  /** Like 2025-05-08; without: every day not yet dreamt, today so far included. */
  readonly day?: string
  readonly dryRun: boolean
  /** Dreams again what was undone. */
  readonly force: boolean
}
