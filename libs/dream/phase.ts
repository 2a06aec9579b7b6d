import type { Retention } from '#episodic-memory'
import type { User, Vector } from '#kernel'
import type { Change, Planned } from './change'
import type { Phase } from './dream.types'

/** The order of a dream. `diary`, the last one, is the dreamer's own: it applies what the others decided, and writes it down. */
export const PHASES = ['replay', 'abstract', 'link', 'generalise', 'resolve', 'weigh', 'prune', 'diary'] as const
export type PhaseName = (typeof PHASES)[number]

/** Injection token of the phases that plan, in their order. */
export const PLANNING = Symbol('the phases of a dream')

/** A live episode of the day. */
export interface DayTrace {
  readonly id: string
  readonly content: string
  readonly role: string
  readonly speaker: string | null
  /** The caller's own name of the session. */
  readonly sessionId: string | null
  readonly project: string | null
  readonly retention: Retention
  /** As it was before any dream weighed it: a day that is dreamt again is the same day. */
  readonly salience: number
  readonly tags: readonly string[]
  readonly occurredAt: Date
  readonly createdAt: Date
}

/** One dream of one user's local day, as a phase sees it. */
export interface Dream {
  readonly user: User
  readonly run: string
  /** Like 2025-05-08. */
  readonly day: string
  /** IANA zone of the user. */
  readonly zone: string
  /** When the run began: the present, for whoever goes on with it, too. */
  readonly now: Date
  /** What happened on the day, in its order; never empty. What will expire is not among it: nothing derived may outlive its source. */
  readonly traces: readonly DayTrace[]
  /** The same, split by pause and change of topic. */
  readonly episodes: readonly (readonly DayTrace[])[]
  /** Unit vectors of what was said on it, by id; without those that the embedder has not made. */
  readonly vectors: ReadonlyMap<string, Vector>
  readonly planned: Planned
  /** The phases that have planned it, with their counts. */
  readonly done: readonly Phase[]
  readonly signal: AbortSignal | undefined
  /** The id of what plays this role in the dream of this input (`summary`, `fact:ana|lives in|porto`): the same whoever does the phase, and again. */
  id(role: string): string
}

/** What a phase wants changed, and how much of what it saw and did. */
export interface PhasePlan {
  readonly changes: readonly Change[]
  readonly counts: Readonly<Record<string, number>>
}

/**
 * A step of the dream. It changes nothing itself: what it answers is kept aside, applied when every phase is done, or, on a dry run, only
 * shown. No transaction is open meanwhile.
 */
export abstract class DreamPhase<Read = unknown> {
  abstract readonly name: Exclude<PhaseName, 'diary'>
  /** All I/O: what the plan needs of the store, of vectors, of a model. What fails here fails the run, so what can be done without is caught. */
  abstract read(dream: Dream): Promise<Read>
  /** Pure: of the same reading the same plan. Long work takes turns of the event loop (`mapInTurns`): the process may serve, too. */
  abstract plan(dream: Dream, read: Read): Promise<PhasePlan> | PhasePlan
}
