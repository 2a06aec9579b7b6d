import type { Json, JsonObject, Kind, Retention } from '#episodic-memory'

/** What the header calls the format, and the version that this build reads and writes. */
export const FORMAT = 'reverie'
export const VERSION = 1

/**
 * An export is JSON lines in this order, each kind by its key: one header, sessions, traces, edges, and one end, which says that nothing was
 * cut off. Times are ISO 8601 in UTC. Keys always come in the order of these types, so that equal stores give equal bytes.
 */
export type Line = HeaderLine | SessionLine | TraceLine | EdgeLine | EndLine

export interface HeaderLine {
  readonly line: 'header'
  readonly format: typeof FORMAT
  readonly version: typeof VERSION
  /** Whose memory it was. */
  readonly user_id: string
  readonly time_zone: string | null
}

export interface SessionLine {
  readonly line: 'session'
  readonly session_id: string
  readonly project: string | null
  readonly started_at: string
  readonly ended_at: string
  /** When its last turn happened: what is said within a day of it stands next to it. */
  readonly last_at: string
  readonly message_count: number
  /** Where its next turn will stand, as `place` of a trace. */
  readonly next_place: number
  readonly topics: readonly string[]
  readonly importance: number | null
  readonly summary: string | null
}

/** Where a trace stands: a number within its session, where neighbours are adjacent; alone; or nowhere: it has neither words nor neighbours. */
export type Place = number | 'alone' | null

export interface TraceLine {
  readonly line: 'trace'
  readonly id: string
  readonly kind: Kind
  readonly role: string
  readonly speaker: string | null
  readonly content: string
  readonly retention: Retention
  readonly session_id: string | null
  readonly place: Place
  readonly project: string | null
  readonly agent_id: string | null
  readonly salience: number
  /** As it was before a dream first weighed it anew. */
  readonly first_salience: number | null
  /** Whether a caller said how much it matters. */
  readonly salience_given: boolean
  readonly confidence: number
  readonly category: string | null
  readonly tags: readonly string[]
  readonly source: Json
  readonly metadata: JsonObject
  readonly triple: Json
  readonly occurred_at: string
  /** Whether a caller said when it happened. */
  readonly dated: boolean
  readonly created_at: string
  readonly valid_from: string
  readonly valid_until: string | null
  readonly superseded_by: string | null
  readonly expires_at: string | null
  /** When it left recall for being trivial. */
  readonly pruned_at: string | null
}

export interface EdgeLine {
  readonly line: 'edge'
  readonly src: string
  readonly dst: string
  readonly type: string
  readonly weight: number
  readonly ts: string
  readonly meta: JsonObject | null
}

export interface EndLine {
  readonly line: 'end'
  readonly sessions: number
  readonly traces: number
  readonly edges: number
}

/** How many of each. */
export interface Counts {
  readonly sessions: number
  readonly traces: number
  readonly edges: number
}
