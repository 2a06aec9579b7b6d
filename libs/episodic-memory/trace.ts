/** What a trace is: an episode was said or happened and is never rewritten; the others are derived or written by callers. */
export const KINDS = ['episode', 'summary', 'fact', 'entity', 'preference', 'pattern', 'collection', 'procedure'] as const
export type Kind = (typeof KINDS)[number]

/** What recall looks at when no kind is asked for. */
export const RECALLED_KINDS: readonly Kind[] = ['episode', 'summary', 'fact', 'preference', 'pattern']

/** personal is never pruned; project is kept while it lasts; task expires MEMORY_TASK_DAYS after it was recorded. */
export const RETENTIONS = ['personal', 'project', 'task'] as const
export type Retention = (typeof RETENTIONS)[number]

/** The vectors of a trace: its content, who and what is named in it, the scene in which it stands. */
export const HEADS = ['semantic', 'entity', 'situation'] as const
export type Head = (typeof HEADS)[number]

/**
 * Turns before its own that the situation vector of a trace holds; so forgetting a trace redoes the vectors of as many after it. A second
 * one brought nothing on conversations; each costs pieces of the model's window.
 */
export const SCENE_TURNS = 1

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type JsonObject = { [key: string]: Json }

/** One memory. Times are instants; sessionId is the caller's own name of the session. */
export interface Trace {
  readonly id: string
  readonly userId: string
  readonly kind: Kind
  readonly role: string
  readonly speaker: string | null
  readonly content: string
  readonly retention: Retention
  readonly sessionId: string | null
  readonly project: string | null
  readonly agentId: string | null
  /** 0..1, how much it matters; below MEMORY_SALIENCE_WRITE_THRESHOLD nothing is stored. */
  readonly salience: number
  readonly confidence: number
  readonly category: string | null
  readonly tags: readonly string[]
  readonly source: Json
  readonly metadata: JsonObject
  /** When it happened. */
  readonly occurredAt: Date
  /** When it was recorded. */
  readonly createdAt: Date
  /** Of a fact: who, which relation, what; else null. */
  readonly triple: Json
  /** From when on it holds. */
  readonly validFrom: Date
  /** Set when a correction, or a newer fact, closed it. */
  readonly validUntil: Date | null
  readonly supersededBy: string | null
  readonly expiresAt: Date | null
  /** When a dream let it leave recall for being trivial. */
  readonly prunedAt: Date | null
  readonly accessCount: number
  readonly lastAccessedAt: Date | null
}
