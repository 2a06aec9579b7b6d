import type { JsonObject } from '#episodic-memory'
import { placed, type WholeEdge } from '#graph-memory'
import { sessionUuid, type User } from '#kernel'
import type { Change, DerivedTrace } from '../change'
import type { Entry } from './entries'

/** What applying the changes writes down if nothing has changed since they were planned, in the same order; with what made traces say. Pure. */
export function foreseen(user: User, now: Date, changes: readonly Change[]): Entry[] {
  const created = changes.flatMap((c) => (c.op === 'create' && 'trace' in c ? [c.trace] : []))
  const closures = changes.flatMap((c) => (c.op === 'supersede' ? [c] : []))
  return [
    ...created.map((t): Entry => ({
      op: 'create', trace: t.id, after: { kind: t.kind, role: roleOf(t), occurred_at: t.occurredAt.toISOString(), sources: t.sources, content: t.content },
    })),
    ...created.flatMap(derivations).map(createdEdge),
    ...changes.flatMap((c) => (c.op === 'create' && 'edge' in c ? [createdEdge(c.edge)] : [])),
    ...changes.flatMap((c) => (c.op === 'update' && 'edge' in c ? [c] : [])),
    ...changes.flatMap((c): Entry[] => (c.op === 'remove' ? [{ ...c, before: { ...c.before, ts: now.toISOString() } }] : [])),
    ...changes.flatMap((c) => (c.op === 'update' && 'trace' in c ? [c] : [])),
    ...closures.map((c) => createdEdge(succession(c))),
    ...closures.map((c): Entry => ({
      op: 'supersede', trace: c.trace, before: { superseded_by: null, valid_until: null },
      after: { superseded_by: c.by, valid_until: (c.at ?? now).toISOString(), reason: c.reason },
    })),
    ...changes.flatMap((c) => (c.op === 'update' && 'session' in c ? [{ ...c, session: sessionUuid(user.id, c.session) }] : [])),
  ]
}

export function createdEdge(edge: WholeEdge): Entry {
  const { src, dst, type, weight, meta } = placed(edge)
  return { op: 'create', edge: { src, dst, type }, after: { weight, ...(meta ? { meta } : {}) } }
}

export function roleOf(trace: DerivedTrace): string {
  return trace.role ?? trace.kind
}

/** The edge from what takes the place of another. */
export function succession({ by, trace, reason }: Extract<Change, { op: 'supersede' }>): WholeEdge {
  return { src: by, dst: trace, type: 'supersedes', weight: 1, meta: { reason } }
}

/** Whether a trace has words and vectors to be found by. */
export function isFindable(trace: DerivedTrace): boolean {
  return trace.findable ?? true
}

/** The edges from a derived trace to its sources; what mentions an entity is connected by the phase that found it. */
export function derivations(trace: DerivedTrace): WholeEdge[] {
  const meta = (source: string): Pick<WholeEdge, 'meta'> => (trace.citations?.[source] ? { meta: trace.citations[source] } : {})
  return trace.kind === 'entity' ? [] : [...new Set(trace.sources)].map((dst) => ({ src: trace.id, dst, type: 'derived_from', weight: 1, ...meta(dst) }))
}

/**
 * Where a derived trace says that it comes from. The day, not the run: a short text that was forgotten is kept away together with its source
 * only, and must not come back by another dream of the same day.
 */
export function sourceOf(day: string): JsonObject {
  return { dream: day }
}
