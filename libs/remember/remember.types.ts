import type { JsonObject, Json, Kind, Retention } from '#episodic-memory'
import type { User } from '#kernel'

export interface MessageInput {
  readonly content: string
  readonly role?: string
  readonly speaker?: string
  readonly occurredAt?: Date
  readonly metadata?: JsonObject
  /** 0..1; overrides the salience heuristic. */
  readonly importance?: number
  readonly tags?: readonly string[]
}

/** Messages in order, with what holds for all of them. Already validated and bounded by the edge. */
export interface RememberInput {
  readonly user: User
  readonly messages: readonly MessageInput[]
  readonly agentId?: string
  readonly sessionId?: string
  readonly project?: string
  readonly retention?: Retention
  readonly kind?: Kind
  readonly category?: string
  readonly source?: Json
  /** Ids of the user's own traces that each message is connected to. */
  readonly related?: readonly string[]
  readonly confidence?: number
  readonly expiresAt?: Date
  readonly collection?: string
  /** false: answer before the vectors are made. */
  readonly wait?: boolean
  readonly idempotencyKey?: string
}

export interface Suggestion {
  readonly id: string
  readonly content: string
  readonly score: number
  readonly type: string
}

export interface RememberResult {
  /** null when blocked. */
  readonly id: string | null
  readonly status: 'stored' | 'duplicate' | 'focus_only' | 'blocked'
  readonly salience: number
  readonly reason?: string
  readonly duplicateOf?: string
  readonly suggested?: readonly Suggestion[]
}

export interface RememberAnswer {
  readonly results: readonly RememberResult[]
  readonly degraded: readonly string[]
}

/** What PATCH changes; new content makes a successor. */
export interface Correction {
  readonly content?: string
  readonly metadata?: JsonObject
  readonly category?: string | null
  readonly tags?: readonly string[]
  readonly retention?: Retention
  readonly importance?: number
  readonly confidence?: number
}
