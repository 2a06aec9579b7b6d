import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import type { JsonObject } from './trace'
import { TraceWriter } from './trace.writer'

/** What may change of a trace in place, beside what callers amend. Never its content. */
export interface TraceState {
  readonly salience?: number
  readonly confidence?: number
  /** From when on it holds, in ISO 8601. */
  readonly validFrom?: string
  readonly metadata?: JsonObject
  /** When it left recall for being trivial, in ISO 8601; null: it has not. */
  readonly prunedAt?: string | null
}

export interface StateChange {
  readonly id: string
  readonly before: TraceState
  readonly after: TraceState
}

export interface Closure {
  readonly id: string
  readonly by: string
  readonly at: Date
}

/** Changes that go through only where a trace is as the one who asks has seen it: so they can be taken back exactly. Call inside a transaction. */
@Injectable()
export class TraceStates {
  constructor(private readonly sql: Sql, private readonly writer: TraceWriter) {}

  /** A digest of what callers may amend of each of these traces: as long as it is the same, nobody has. Forgetting may shorten `sentences`. */
  async digests(userId: string, ids: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.sql.many<{ id: string; digest: string }>({ userId }, `select t.id, encode(sha256(convert_to(
        jsonb_build_array(t.meta - 'sentences', t.category, t.tags, t.retention, t.salience, t.confidence, t.expires_at)::text, 'utf8')), 'hex') as digest
      from memory_trace t where t.user_id = $1 and t.id = any($2::uuid[])`, [userId, ids])
    return new Map(rows.map((row) => [row.id, row.digest]))
  }

  /**
   * Brings traces from the state before to the one after, and answers which. The salience that a trace had before it was first weighed
   * anew is kept beside it, until it has that again.
   */
  async change(userId: string, changes: readonly StateChange[]): Promise<Set<string>> {
    if (changes.length === 0) return new Set()
    const rows = changes.map(({ id, before, after }) => ({
      id, was_salience: before.salience, salience: after.salience, was_confidence: before.confidence, confidence: after.confidence,
      was_from: before.validFrom, valid_from: after.validFrom, was_meta: before.metadata, meta: after.metadata,
      was_pruned: before.prunedAt, pruned: after.prunedAt, prunes: after.prunedAt !== undefined,
    }))
    const changed = await this.sql.many<{ id: string; meta: JsonObject | null }>({ userId }, `update memory_trace t set
        salience = coalesce(c.salience, t.salience),
        first_salience = case when c.salience is null then t.first_salience else nullif(coalesce(t.first_salience, t.salience), c.salience) end,
        confidence = coalesce(c.confidence, t.confidence), valid_from = coalesce(c.valid_from, t.valid_from),
        meta = coalesce(c.meta, t.meta), pruned_at = case when c.prunes then c.pruned else t.pruned_at end
      from jsonb_to_recordset($2::jsonb) as c(id uuid, was_salience float8, salience float8, was_confidence float8, confidence float8,
        was_from timestamptz, valid_from timestamptz, was_meta jsonb, meta jsonb,
        was_pruned timestamptz, pruned timestamptz, prunes boolean)
      where t.user_id = $1 and t.id = c.id and (c.salience is null or t.salience = c.was_salience) and (c.confidence is null or t.confidence = c.was_confidence)
        and (c.valid_from is null or t.valid_from = c.was_from) and (c.meta is null or t.meta = c.was_meta)
        and (not c.prunes or t.pruned_at is not distinct from c.was_pruned)
      returning t.id, c.meta`, [userId, JSON.stringify(rows)])
    const renamed = changed.flatMap(({ id, meta }) => (meta ? [{ id, metadata: meta }] : []))
    if (renamed.length > 0) {
      await this.sql.run({ userId }, 'delete from memory_path where user_id = $1 and trace_id = any($2::uuid[])', [userId, renamed.map((t) => t.id)])
      await this.writer.insertPaths(userId, renamed)
    }
    return new Set(changed.map((row) => row.id))
  }

  /** Closes derived traces that are open in favour of others that are there; answers which, and until when each had held before. */
  async close(userId: string, closures: readonly Closure[]): Promise<Map<string, Date | null>> {
    if (closures.length === 0) return new Map()
    const rows = await this.sql.many<{ id: string; until: Date | null }>({ userId }, `with c as (select * from unnest($2::uuid[], $3::uuid[], $4::timestamptz[]) as c(id, by, at)),
      open as (
        select t.id, t.valid_until as until from memory_trace t join c on c.id = t.id where t.user_id = $1 and t.kind <> 'episode' and t.superseded_by is null
          and (t.valid_until is null or t.valid_until > c.at) and exists (select from memory_trace b where b.user_id = $1 and b.id = c.by))
      update memory_trace t set valid_until = c.at, superseded_by = c.by from c, open o where t.user_id = $1 and t.id = c.id and o.id = c.id returning o.id, o.until`,
    [userId, closures.map((c) => c.id), closures.map((c) => c.by), closures.map((c) => c.at)])
    return new Map(rows.map(({ id, until }) => [id, until]))
  }

  /** Opens traces again that were closed in favour of `by`, or whose successor is gone; answers which. */
  async reopen(userId: string, closures: readonly (Closure & { readonly until: Date | null })[]): Promise<Set<string>> {
    if (closures.length === 0) return new Set()
    const rows = await this.sql.many<{ id: string }>({ userId }, `update memory_trace t set valid_until = c.until, superseded_by = null
      from unnest($2::uuid[], $3::uuid[], $4::timestamptz[], $5::timestamptz[]) as c(id, by, at, until)
      where t.user_id = $1 and t.id = c.id and t.valid_until = c.at and (t.superseded_by = c.by or t.superseded_by is null) returning t.id`,
    [userId, closures.map((c) => c.id), closures.map((c) => c.by), closures.map((c) => c.at), closures.map((c) => c.until)])
    return new Set(rows.map((row) => row.id))
  }
}
