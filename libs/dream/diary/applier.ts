import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import {
  EmbeddingStore, HEADS, type HeadVector, type NewTrace, SessionStore, TraceStates, traceWords, TraceWriter, UserStore,
} from '#episodic-memory'
import { EdgeStore, type WholeEdge } from '#graph-memory'
import { Secrets, sessionUuid, type User } from '#kernel'
import type { Change, DerivedTrace } from '../change'
import { type Entry, nameOf } from './entries'
import { createdEdge, derivations, isFindable, roleOf, sourceOf, succession } from './foreseen'

/** What the changes of a run are applied with. */
export interface Applying {
  readonly user: User
  /** Like 2025-05-08. */
  readonly day: string
  readonly zone: string
  readonly now: Date
  /** Vectors of the traces to be made, by model; undefined: they follow. */
  readonly vectors: readonly HeadVector[] | undefined
  readonly model: string
}

/** Applies planned changes. What is not any more as it was when it was planned stays as it is. */
@Injectable()
export class Applier {
  constructor(
    private readonly sql: Sql,
    private readonly secrets: Secrets,
    private readonly users: UserStore,
    private readonly sessions: SessionStore,
    private readonly writer: TraceWriter,
    private readonly states: TraceStates,
    private readonly embeddings: EmbeddingStore,
    private readonly edges: EdgeStore,
  ) {}

  /** Applies the changes and answers what was done, in the order in which it was. Call inside a transaction, under the user's lock. */
  async apply(to: Applying, changes: readonly Change[]): Promise<Entry[]> {
    const closures = changes.flatMap((c) => (c.op === 'supersede' ? [c] : []))
    const traces = await this.createTraces(to, changes.flatMap((c) => (c.op === 'create' && 'trace' in c ? [c.trace] : [])))
    const edges = changes.flatMap((c) => (c.op === 'create' && 'edge' in c ? [c.edge] : []))
    return [
      ...traces.map((t): Entry => ({
        op: 'create', trace: t.id, after: { kind: t.kind, role: roleOf(t), occurred_at: t.occurredAt.toISOString(), sources: t.sources, state: t.state },
      })),
      ...await this.createEdges(to, [...traces.flatMap(derivations), ...edges]),
      ...await this.changeEdges(to, changes),
      ...await this.removeEdges(to, changes),
      ...await this.changeTraces(to, changes),
      ...await this.supersede(to, closures),
      ...await this.changeSessions(to, changes),
    ]
  }

  /** Makes those that are not there, and answers them. */
  private async createTraces(to: Applying, traces: readonly DerivedTrace[]): Promise<(DerivedTrace & { state: string })[]> {
    if (traces.length === 0) return []
    const { user, now } = to
    const there = await this.sql.many<{ id: string }>({ userId: user.id }, 'select id from memory_trace where user_id = $1 and id = any($2::uuid[])', [user.id, traces.map((t) => t.id)])
    const known = new Set(there.map((row) => row.id))
    const made = traces.filter((t) => !known.has(t.id))
    const findable = made.filter(isFindable)
    const places = new Map((await this.users.takeLonePlaces(user, findable.length)).map((place, i) => [findable[i]!.id, place]))
    await this.writer.insert(user.id, made.map((t) => this.stored(to, t, places.get(t.id) ?? null)))
    await this.users.countTraces(user, findable.length)
    const ids = new Set(findable.map((t) => t.id))
    if (to.vectors) await this.embeddings.insert(user.id, to.model, now, to.vectors.filter((v) => ids.has(v.traceId)))
    else await this.embeddings.defer(user.id, now, [...ids], HEADS)
    const states = await this.states.digests(user.id, made.map((t) => t.id))
    return made.map((t) => ({ ...t, state: states.get(t.id)! }))
  }

  private stored({ day, zone, now }: Applying, t: DerivedTrace, place: number | null): NewTrace {
    return {
      id: t.id, kind: t.kind, role: roleOf(t), speaker: t.speaker ?? null, place, content: t.content, retention: t.retention ?? 'personal',
      sessionId: t.sessionId ?? null, project: t.project ?? null, agentId: null, salience: t.salience, confidence: t.confidence ?? 1,
      category: t.category ?? null, tags: t.tags ?? [], source: sourceOf(day), metadata: t.metadata ?? {}, triple: t.triple ? { ...t.triple } : undefined,
      occurredAt: t.occurredAt, dated: true, createdAt: now, validFrom: t.validFrom, validUntil: t.validUntil, expiresAt: null,
      // Of its own: what a user says in the same words is no duplicate of it.
      contentKey: this.secrets.hash('content', `${t.kind}:${t.id}`),
      ...(isFindable(t) ? traceWords(t.content, t.speaker ?? null, t.occurredAt, zone) : { terms: new Map(), words: 0, tells: 0 }),
    }
  }

  private async createEdges({ user, now }: Applying, edges: readonly WholeEdge[]): Promise<Entry[]> {
    const made = await this.edges.insertNew(user.id, edges, now)
    return made.map(createdEdge)
  }

  private async changeEdges({ user }: Applying, changes: readonly Change[]): Promise<Entry[]> {
    const wanted = changes.flatMap((c) => (c.op === 'update' && 'edge' in c ? [c] : []))
    const done = new Set((await this.edges.change(user.id, wanted.map(({ edge, before, after }) => ({ ...edge, before, after })))).map(nameOf))
    return wanted.filter((c) => done.has(nameOf(c.edge)))
  }

  private async removeEdges({ user }: Applying, changes: readonly Change[]): Promise<Entry[]> {
    const wanted = changes.flatMap((c) => (c.op === 'remove' ? [c] : []))
    const gone = new Map((await this.edges.removeExact(user.id, wanted.map(({ edge, before }) => ({ ...edge, ...before })))).map((e) => [nameOf(e), e.ts.toISOString()]))
    return wanted.flatMap(({ op, edge, before }) => (gone.has(nameOf(edge)) ? [{ op, edge, before: { ...before, ts: gone.get(nameOf(edge))! } }] : []))
  }

  private async changeTraces({ user }: Applying, changes: readonly Change[]): Promise<Entry[]> {
    const wanted = changes.flatMap((c) => (c.op === 'update' && 'trace' in c ? [c] : []))
    const done = await this.states.change(user.id, wanted.map(({ trace, before, after }) => ({ id: trace, before, after })))
    return wanted.filter((c) => done.has(c.trace))
  }

  private async supersede(to: Applying, wanted: readonly Extract<Change, { op: 'supersede' }>[]): Promise<Entry[]> {
    const at = (c: (typeof wanted)[number]): Date => c.at ?? to.now
    const closed = await this.states.close(to.user.id, wanted.map((c) => ({ id: c.trace, by: c.by, at: at(c) })))
    const done = wanted.filter((c) => closed.has(c.trace))
    const edges = await this.createEdges(to, done.map(succession))
    return [...edges, ...done.map((c): Entry => ({
      op: 'supersede', trace: c.trace, before: { superseded_by: null, valid_until: closed.get(c.trace)?.toISOString() ?? null },
      after: { superseded_by: c.by, valid_until: at(c).toISOString(), reason: c.reason },
    }))]
  }

  private async changeSessions({ user }: Applying, changes: readonly Change[]): Promise<Entry[]> {
    const wanted = changes.flatMap((c) => (c.op === 'update' && 'session' in c ? [{ ...c, session: sessionUuid(user.id, c.session) }] : []))
    const done = await this.sessions.describe(user.id, wanted.map(({ session, before, after }) => ({ id: session, before, after })))
    return wanted.filter((c) => done.has(c.session))
  }
}
