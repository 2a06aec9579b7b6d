import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { sessionUuid, type User } from '#kernel'
import { entities, tellsOf, terms, wordCount } from '#language'
import type { Json, JsonObject, Kind, Retention } from './trace'
import { metadataPaths } from './trace-filter.sql'
import { UserStore } from './user.store'

/** A trace ready to be written. `place` is null for what has no words of its own to be found by. */
export interface NewTrace {
  readonly id: string
  readonly kind: Kind
  readonly role: string
  readonly speaker: string | null
  readonly place: number | null
  readonly content: string
  readonly retention: Retention
  readonly sessionId: string | null
  readonly project: string | null
  readonly agentId: string | null
  readonly salience: number
  /** As it was before a dream first weighed it anew. */
  readonly firstSalience?: number | null
  /** Whether a caller said how much it matters; default false. */
  readonly salienceGiven?: boolean
  readonly confidence: number
  readonly category: string | null
  readonly tags: readonly string[]
  readonly source: Json
  readonly metadata: JsonObject
  /** Of a fact: who, which relation, what. */
  readonly triple?: Json
  readonly occurredAt: Date
  /** Whether the caller said when it happened. */
  readonly dated: boolean
  readonly createdAt: Date
  /** From when on it holds; default occurredAt. */
  readonly validFrom?: Date
  /** Until when it held; default: it still does. */
  readonly validUntil?: Date | null
  readonly supersededBy?: string | null
  readonly expiresAt: Date | null
  /** When it left recall for being trivial. */
  readonly prunedAt?: Date | null
  /** Keyed hash of the folded content, for duplicates. */
  readonly contentKey: Buffer
  /** Its own words with their counts. */
  readonly terms: ReadonlyMap<string, number>
  /** Number of words of the content, without stop words. */
  readonly words: number
  /** Kinds of answer that it tells of: bits of ANSWERS; 0 for what is not found by words. */
  readonly tells: number
}

/** What a correction may change in place; what is undefined stays. */
export interface TraceChange {
  readonly metadata?: JsonObject
  readonly category?: string | null
  readonly tags?: readonly string[]
  readonly retention?: Retention
  readonly salience?: number
  readonly confidence?: number
  readonly expiresAt?: Date | null
}

/** The one writer of traces, used by every flow. Call inside a transaction. */
@Injectable()
export class TraceWriter {
  constructor(private readonly sql: Sql, private readonly users: UserStore) {}

  /** Writes traces with their words, tags and metadata paths. One that is already there (same id) is left. */
  async insert(userId: string, traces: readonly NewTrace[]): Promise<void> {
    if (traces.length === 0) return
    const scope = { userId }
    const rows = traces.map((t) => ({
      id: t.id, kind: t.kind, role: t.role, speaker: t.speaker, place: t.place, words: t.words, tells: t.tells, content: t.content, retention: t.retention,
      session_id: t.sessionId === null ? null : sessionUuid(userId, t.sessionId), project: t.project, agent_id: t.agentId, salience: t.salience,
      confidence: t.confidence, category: t.category, tags: t.tags, source: t.source, meta: t.metadata, triple: t.triple ?? null,
      occurred_at: t.occurredAt, dated: t.dated, created_at: t.createdAt, valid_from: t.validFrom ?? t.occurredAt, valid_until: t.validUntil ?? null,
      superseded_by: t.supersededBy ?? null, expires_at: t.expiresAt, pruned_at: t.prunedAt ?? null, first_salience: t.firstSalience ?? null,
      salience_given: t.salienceGiven ?? false, content_key: `\\x${t.contentKey.toString('hex')}`,
    }))
    await this.sql.run(scope, `insert into memory_trace (user_id, id, kind, role, speaker, place, words, tells, content, retention, session_id, project, agent_id,
        salience, confidence, category, tags, source, meta, triple, occurred_at, dated, created_at, valid_from, valid_until, superseded_by, expires_at,
        pruned_at, first_salience, salience_given, content_key)
      select $1, id, kind, role, speaker, place, words, tells, content, retention, session_id, project, agent_id,
        salience, confidence, category, tags, source, meta, triple, occurred_at, dated, created_at, valid_from, valid_until, superseded_by, expires_at,
        pruned_at, first_salience, salience_given, content_key
      from jsonb_to_recordset($2::jsonb) as r(id uuid, kind text, role text, speaker text, place bigint, words int, tells smallint, content text, retention text,
        session_id uuid, project text, agent_id text, salience float8, confidence float8, category text, tags text[], source jsonb, meta jsonb, triple jsonb,
        occurred_at timestamptz, dated boolean, created_at timestamptz, valid_from timestamptz, valid_until timestamptz, superseded_by uuid,
        expires_at timestamptz, pruned_at timestamptz, first_salience float8, salience_given boolean, content_key bytea)
      on conflict (user_id, id) do nothing`, [userId, JSON.stringify(rows)])
    await this.insertTerms(userId, traces)
    await this.insertTags(userId, traces)
    await this.insertPaths(userId, traces)
  }

  private async insertTerms(userId: string, traces: readonly NewTrace[]): Promise<void> {
    const term: string[] = [], id: string[] = [], place: number[] = [], tf: number[] = [], length: number[] = []
    for (const t of traces) {
      if (t.place === null) continue
      for (const [word, count] of t.terms) {
        term.push(word)
        id.push(t.id)
        place.push(t.place)
        tf.push(count)
        length.push(t.words)
      }
    }
    if (term.length === 0) return
    await this.sql.run({ userId }, `insert into memory_term (user_id, term, trace_id, place, tf, length)
      select $1, * from unnest($2::text[], $3::uuid[], $4::bigint[], $5::real[], $6::int[]) on conflict do nothing`, [userId, term, id, place, tf, length])
  }

  /** Also called when a correction changes tags in place. */
  async insertTags(userId: string, traces: readonly Pick<NewTrace, 'id' | 'tags'>[]): Promise<void> {
    const pairs = traces.flatMap((t) => [...new Set(t.tags)].map((tag) => [t.id, tag] as const))
    if (pairs.length === 0) return
    await this.sql.run({ userId }, 'insert into memory_tag (user_id, tag, trace_id) select $1, * from unnest($2::text[], $3::uuid[]) on conflict do nothing',
      [userId, pairs.map(([, tag]) => tag), pairs.map(([id]) => id)])
  }

  async insertPaths(userId: string, traces: readonly Pick<NewTrace, 'id' | 'metadata'>[]): Promise<void> {
    const rows = traces.flatMap((t) => metadataPaths(t.metadata).map((p) => ({ ...p, id: t.id })))
    if (rows.length === 0) return
    await this.sql.run({ userId }, `insert into memory_path (user_id, path, value, trace_id)
      select $1, * from unnest($2::text[], $3::text[], $4::uuid[]) on conflict do nothing`,
    [userId, rows.map((r) => r.path), rows.map((r) => r.value), rows.map((r) => r.id)])
  }

  /** Changes what a correction may change without a successor. */
  async update(userId: string, id: string, change: TraceChange): Promise<void> {
    const scope = { userId }
    const sets: string[] = []
    const params: unknown[] = [userId, id]
    const set = (column: string, value: unknown, cast = ''): void => void sets.push(`${column} = $${params.push(value)}${cast}`)
    if (change.metadata !== undefined) set('meta', JSON.stringify(change.metadata), '::jsonb')
    if (change.category !== undefined) set('category', change.category)
    if (change.tags !== undefined) set('tags', change.tags, '::text[]')
    if (change.retention !== undefined) {
      set('retention', change.retention)
      // Only tasks are pruned: what is more comes back.
      if (change.retention !== 'task') set('pruned_at', null)
    }
    if (change.salience !== undefined) {
      set('salience', change.salience)
      set('salience_given', true)
      set('first_salience', null)
    }
    if (change.confidence !== undefined) set('confidence', change.confidence)
    if (change.expiresAt !== undefined) set('expires_at', change.expiresAt)
    if (sets.length === 0) return
    // What was forgotten meanwhile must leave no tag or path behind.
    if (await this.sql.run(scope, `update memory_trace set ${sets.join(', ')} where user_id = $1 and id = $2`, params) === 0) return
    if (change.tags !== undefined) {
      await this.sql.run(scope, 'delete from memory_tag where user_id = $1 and trace_id = $2', [userId, id])
      await this.insertTags(userId, [{ id, tags: change.tags }])
    }
    if (change.metadata !== undefined) {
      await this.sql.run(scope, 'delete from memory_path where user_id = $1 and trace_id = $2', [userId, id])
      await this.insertPaths(userId, [{ id, metadata: change.metadata }])
    }
  }

  /**
   * Gives a derived trace other content in place, words included; the words of its context (its date) stay. Its vectors are the caller's to
   * redo. Episodes are never rewritten.
   */
  async rewrite(userId: string, id: string, was: string, content: string): Promise<void> {
    const scope = { userId }
    const words = wordCount(content)
    const change = new Map<string, number>()
    for (const term of terms(content)) change.set(term, (change.get(term) ?? 0) + 1)
    for (const term of terms(was)) change.set(term, (change.get(term) ?? 0) - 1)
    await this.sql.run(scope, `update memory_trace set content = $3, words = $4, tells = $5 where user_id = $1 and id = $2 and kind <> 'episode'`,
      [userId, id, content, words, tellsOf(content, entities(content))])
    await this.sql.run(scope, `update memory_term t set tf = t.tf + coalesce(c.change, 0), length = $3
      from memory_term o left join unnest($4::text[], $5::real[]) as c(term, change) on c.term = o.term
      where t.user_id = $1 and t.trace_id = $2 and o.user_id = $1 and o.trace_id = $2 and o.term = t.term`, [userId, id, words, [...change.keys()], [...change.values()]])
    await this.sql.run(scope, 'delete from memory_term where user_id = $1 and trace_id = $2 and tf <= 0', [userId, id])
  }

  /** Gives a collection that a caller made another name: it has no words of its own. */
  async rename(userId: string, id: string, name: string, contentKey: Buffer): Promise<void> {
    await this.sql.run({ userId }, `update memory_trace set content = $3, content_key = $4 where user_id = $1 and id = $2 and kind = 'collection' and place is null`,
      [userId, id, name, contentKey])
  }

  /** The trace on a place of the user's line, if there is one. */
  async at(userId: string, place: number): Promise<string | undefined> {
    return (await this.sql.one<{ id: string }>({ userId }, 'select id from memory_trace where user_id = $1 and place = $2', [userId, place]))?.id
  }

  /** Closes a trace at `at` in favour of its successor. */
  async supersede(userId: string, id: string, successor: string, at: Date): Promise<void> {
    await this.sql.run({ userId }, 'update memory_trace set valid_until = $3, superseded_by = $4 where user_id = $1 and id = $2', [userId, id, at, successor])
  }

  /** Removes traces with everything that is theirs alone: vectors, words, tags, paths, activation. Edges are EdgeStore's; the count of traces follows. */
  async remove(user: User, ids: readonly string[]): Promise<{ traces: number; embeddings: number; terms: number }> {
    const remove = (table: string, column = 'trace_id'): Promise<number> =>
      this.sql.run({ userId: user.id }, `delete from ${table} where user_id = $1 and ${column} = any($2::uuid[])`, [user.id, ids])
    const embeddings = await remove('memory_embedding')
    const terms = await remove('memory_term')
    for (const table of ['memory_signature', 'memory_embedding_pending', 'memory_tag', 'memory_path', 'memory_activation']) await remove(table)
    const { n } = (await this.sql.one<{ n: number }>({ userId: user.id },
      'select count(*)::int as n from memory_trace where user_id = $1 and id = any($2::uuid[]) and place is not null', [user.id, ids]))!
    const traces = await remove('memory_trace', 'id')
    await this.users.countTraces(user, -n)
    return { traces, embeddings, terms }
  }
}
