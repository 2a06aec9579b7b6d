import type { JsonObject, Kind, Retention, SessionState, TraceState } from '#episodic-memory'
import type { Triple } from '#facts'
import type { EdgeName, EdgeState, WholeEdge } from '#graph-memory'

/**
 * A trace that a dream makes. Text of its sources may stand in its content only (a line at a time, so that forgetting a source can take its
 * lines out), and in what every one of its sources says (a triple, an entity's name); metadata holds ids, numbers and days.
 */
export interface DerivedTrace {
  /** From `Dream.id`, so that who does a phase again makes the same trace. */
  readonly id: string
  readonly kind: Exclude<Kind, 'episode'>
  readonly content: string
  /**
   * Ids of the traces that say so, stored or planned: the dream draws a `derived_from` edge to each. Never empty, but for an entity, which
   * `mentions` edges lead to.
   */
  readonly sources: readonly string[]
  /** What is kept beside the edge to a source, by its id: instants and numbers that this source tells. It goes with the source. */
  readonly citations?: Readonly<Record<string, JsonObject>>
  readonly occurredAt: Date
  readonly salience: number
  /** Default 1. */
  readonly confidence?: number
  /** Default: the kind. */
  readonly role?: string
  readonly speaker?: string | null
  /** Default personal. */
  readonly retention?: Retention
  readonly sessionId?: string | null
  readonly project?: string | null
  readonly category?: string | null
  readonly tags?: readonly string[]
  readonly metadata?: JsonObject
  readonly triple?: Triple
  /** From when on it holds; default occurredAt. */
  readonly validFrom?: Date
  /** Until when it held; default: it still does. */
  readonly validUntil?: Date | null
  /** Whether it has words and vectors to be found by; default true. False for mere nodes of the graph. */
  readonly findable?: boolean
}

export type { EdgeName, EdgeState, SessionState, TraceState }

/** One per (src, dst, type); both ends stored or planned. Weight is 0..1. Meta holds ids, numbers and days, like metadata. */
export type DerivedEdge = WholeEdge

/**
 * Something that a phase wants changed. It is applied only if what it changes is as `before` says (or, when it makes something, is not
 * there), so that it can be taken back; else it is left out.
 */
export type Change =
  | { readonly op: 'create'; readonly trace: DerivedTrace }
  | { readonly op: 'update'; readonly trace: string; readonly before: TraceState; readonly after: TraceState }
  /**
   * Closes a live derived trace (never an episode) in favour of another, with a `supersedes` edge; both are kept. `at` is when it ceased to
   * hold, default now. The reason quotes nothing.
   */
  | { readonly op: 'supersede'; readonly trace: string; readonly by: string; readonly reason: string; readonly at?: Date }
  | { readonly op: 'create'; readonly edge: DerivedEdge }
  | { readonly op: 'update'; readonly edge: EdgeName; readonly before: EdgeState; readonly after: EdgeState }
  | { readonly op: 'remove'; readonly edge: EdgeName; readonly before: EdgeState }
  | { readonly op: 'update'; readonly session: string; readonly before: SessionState; readonly after: SessionState }

/** What the phases before have decided. It is not in the store until the whole dream is. */
export class Planned {
  constructor(readonly changes: readonly Change[]) {}

  /** Traces that will be made, of these kinds or of all. */
  traces(...kinds: readonly Kind[]): DerivedTrace[] {
    return this.changes.flatMap((c) => (c.op === 'create' && 'trace' in c && (kinds.length === 0 || kinds.includes(c.trace.kind)) ? [c.trace] : []))
  }

  /** Edges that will be made, `derived_from` apart. */
  edges(...types: readonly string[]): DerivedEdge[] {
    return this.changes.flatMap((c) => (c.op === 'create' && 'edge' in c && (types.length === 0 || types.includes(c.edge.type)) ? [c.edge] : []))
  }

  /** Ids of stored or planned traces that will be closed. */
  superseded(): Set<string> {
    return new Set(this.changes.flatMap((c) => (c.op === 'supersede' ? [c.trace] : [])))
  }
}
