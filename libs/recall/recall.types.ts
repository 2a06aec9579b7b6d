import type { Head, Trace, TraceFilter } from '#episodic-memory'
import type { User } from '#kernel'

/** Already validated and bounded by the edge; `timeWindow` is the caller's text, resolved in the user's time zone. */
export interface RecallInput {
  readonly user: User
  readonly query: string
  readonly k: number
  readonly heads?: readonly Head[]
  readonly filter: TraceFilter
  readonly timeWindow?: string
  readonly threshold: number
  readonly hops: 0 | 1 | 2
  readonly explain: boolean
  /** What would have been recalled at this instant. */
  readonly asOf?: Date
  readonly referenceDate?: Date
  readonly maxTokens?: number
  readonly includeSuperseded: boolean
  readonly reinforce: boolean
}

export const SIGNALS = ['semantic', 'entity', 'situation', 'lexical', 'focus', 'graph', 'recency', 'salience', 'strength'] as const
export type Signal = (typeof SIGNALS)[number]

/** Each signal's share of the score; they sum to it. */
export type Shares = Readonly<Record<Signal, number>>

export type Tier = 'focus' | 'hot' | 'warm' | 'cold' | 'graph'

export interface WalkedEdge {
  readonly src: string
  readonly dst: string
  readonly type: string
  readonly weight: number
}

export interface RecalledTrace extends Trace {
  readonly score: number
  readonly tier: Tier
  /** With explain. */
  readonly scores?: Shares
  readonly edges?: readonly WalkedEdge[]
}

export interface RecallAnswer {
  readonly results: readonly RecalledTrace[]
  /** Milliseconds of the whole recall. */
  readonly tookMs: number
  /** Milliseconds a part: embed, database, rank. */
  readonly timings: Readonly<Record<string, number>>
  readonly degraded: readonly string[]
  /** Set when the question held nothing to search by, stop words alone: the signals that ordered the answer instead. */
  readonly basis?: readonly Signal[]
  readonly heldBack: readonly { readonly id: string; readonly reason: string }[]
}
