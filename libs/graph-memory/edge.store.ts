import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import type { User } from '#kernel'
import { type Edge, type EdgeName, type EdgeState, placed, type WholeEdge } from './edge'

export interface StoredEdge extends Edge {
  readonly ts: Date
  /** The names that a mention used; what matched, and how, of similar traces. */
  readonly meta: Readonly<Record<string, unknown>> | null
}

function nameOf({ src, dst, type }: EdgeName): string {
  return `${src} ${dst} ${type}`
}

/** Each edge once, as it is stored; none from a trace to itself. */
function distinct<E extends EdgeName>(edges: readonly E[]): E[] {
  return [...new Map(edges.filter((e) => e.src !== e.dst).map((edge) => placed(edge)).map((edge) => [nameOf(edge), edge])).values()]
}

/** How traces belong together: one edge per (src, dst, type). */
@Injectable()
export class EdgeStore {
  constructor(private readonly sql: Sql) {}

  /** Adds edges; one that is there keeps the greater weight. Call inside the transaction of the write. */
  async insert(userId: string, edges: readonly WholeEdge[], ts: Date): Promise<void> {
    const rows = distinct(edges)
    if (rows.length === 0) return
    await this.sql.run({ userId }, `insert into memory_edge (user_id, src, dst, type, weight, ts, meta)
      select $1, src, dst, type, weight, $2, meta::jsonb from unnest($3::uuid[], $4::uuid[], $5::text[], $6::float8[], $7::text[]) as e(src, dst, type, weight, meta)
      on conflict (user_id, src, dst, type) do update set weight = greatest(memory_edge.weight, excluded.weight), meta = coalesce(memory_edge.meta, excluded.meta)`,
    [userId, ts, rows.map((e) => e.src), rows.map((e) => e.dst), rows.map((e) => e.type), rows.map((e) => e.weight),
      rows.map((e) => (e.meta ? JSON.stringify(e.meta) : null))])
  }

  /**
   * Adds those edges that are not there and whose ends are, and answers them as they are stored.
   * @param ts when those came to be that do not say it themselves
   */
  async insertNew(userId: string, edges: readonly (WholeEdge & { readonly ts?: Date })[], ts: Date): Promise<WholeEdge[]> {
    const rows = distinct(edges)
    if (rows.length === 0) return []
    const made = await this.sql.many<EdgeName>({ userId }, `insert into memory_edge (user_id, src, dst, type, weight, ts, meta)
      select $1, e.src, e.dst, e.type, e.weight, coalesce(e.ts, $2), e.meta
      from jsonb_to_recordset($3::jsonb) as e(src uuid, dst uuid, type text, weight float8, ts timestamptz, meta jsonb)
      where exists (select from memory_trace t where t.user_id = $1 and t.id = e.src) and exists (select from memory_trace t where t.user_id = $1 and t.id = e.dst)
      on conflict (user_id, src, dst, type) do nothing returning src, dst, type`, [userId, ts, JSON.stringify(rows)])
    const names = new Set(made.map(nameOf))
    return rows.filter((row) => names.has(nameOf(row)))
  }

  /** Gives edges that are as `before` says the weight and meta of `after`; answers which. */
  async change(userId: string, changes: readonly (EdgeName & { readonly before: EdgeState; readonly after: EdgeState })[]): Promise<EdgeName[]> {
    if (changes.length === 0) return []
    const rows = changes.map(({ src, dst, type, before, after }) => ({ src, dst, type, was: before.weight, was_meta: before.meta, ...after }))
    return this.sql.many<EdgeName>({ userId }, `update memory_edge e set weight = c.weight, meta = c.meta
      from jsonb_to_recordset($2::jsonb) as c(src uuid, dst uuid, type text, was float8, was_meta jsonb, weight float8, meta jsonb)
      where e.user_id = $1 and e.src = c.src and e.dst = c.dst and e.type = c.type and e.weight = c.was and e.meta is not distinct from c.was_meta
      returning e.src, e.dst, e.type`, [userId, JSON.stringify(rows)])
  }

  /** Removes edges that are as they are named and weighed; answers which, and when they came to be. */
  async removeExact(userId: string, edges: readonly WholeEdge[]): Promise<(EdgeName & { ts: Date })[]> {
    if (edges.length === 0) return []
    return this.sql.many({ userId }, `delete from memory_edge e using jsonb_to_recordset($2::jsonb) as c(src uuid, dst uuid, type text, weight float8, meta jsonb)
      where e.user_id = $1 and e.src = c.src and e.dst = c.dst and e.type = c.type and e.weight = c.weight and e.meta is not distinct from c.meta
      returning e.src, e.dst, e.type, e.ts`, [userId, JSON.stringify(edges)])
  }

  /** Removes every edge of these traces; answers how many. */
  async removeOf(userId: string, ids: readonly string[]): Promise<number> {
    const remove = (end: string): Promise<number> => this.sql.run({ userId }, `delete from memory_edge where user_id = $1 and ${end} = any($2::uuid[])`, [userId, ids])
    return await remove('src') + await remove('dst')
  }

  /** Removes the edges of a type from these traces to one. */
  async removeTo(userId: string, dst: string, srcs: readonly string[], type: string): Promise<void> {
    if (srcs.length > 0) await this.sql.run({ userId }, 'delete from memory_edge where user_id = $1 and dst = $2 and src = any($3::uuid[]) and type = $4', [userId, dst, srcs, type])
  }

  /** Removes the edges of these types between two traces, whichever way they go; answers how many. */
  async remove(userId: string, a: string, b: string, types: readonly string[]): Promise<number> {
    return this.sql.run({ userId }, `delete from memory_edge where user_id = $1 and type = any($4::text[])
      and (src = $2 and dst = $3 or src = $3 and dst = $2)`, [userId, a, b, types])
  }
}

/** Edges as callers see them. */
@Injectable()
export class EdgeReader {
  constructor(private readonly sql: Sql) {}

  /** Edges that touch the trace, strongest first. */
  async of(user: User, traceId: string): Promise<StoredEdge[]> {
    return this.sql.many<StoredEdge>({ userId: user.id }, `select src, dst, type, weight, ts, meta from memory_edge where user_id = $1 and src = $2
      union select src, dst, type, weight, ts, meta from memory_edge where user_id = $1 and dst = $2 order by 4 desc, 1, 2, 3`, [user.id, traceId])
  }

  /** Edges from one to another of these traces, strongest first. */
  async among(user: User, ids: readonly string[]): Promise<StoredEdge[]> {
    return this.sql.many<StoredEdge>({ userId: user.id }, `select src, dst, type, weight, ts, meta from memory_edge
      where user_id = $1 and src = any($2::uuid[]) and dst = any($2::uuid[]) order by weight desc, src, dst, type`, [user.id, ids])
  }

  /** Edges of a type that go out from these traces. */
  async from(user: User, srcs: readonly string[], type: string): Promise<Pick<Edge, 'src' | 'dst'>[]> {
    return this.sql.many({ userId: user.id }, 'select src, dst from memory_edge where user_id = $1 and src = any($2::uuid[]) and type = $3 order by src, dst', [user.id, srcs, type])
  }

  /** Where the edges of a type come from that lead to a trace, the oldest edge first. */
  async to(user: User, dst: string, type: string): Promise<string[]> {
    const rows = await this.sql.many<{ src: string }>({ userId: user.id }, 'select src from memory_edge where user_id = $1 and dst = $2 and type = $3 order by ts, src', [user.id, dst, type])
    return rows.map((row) => row.src)
  }

  /** How many edges of a type lead to each of these traces; none: it is not in the answer. */
  async countTo(user: User, dsts: readonly string[], type: string): Promise<Map<string, number>> {
    if (dsts.length === 0) return new Map()
    const rows = await this.sql.many<{ dst: string; n: number }>({ userId: user.id },
      'select dst, count(*)::int as n from memory_edge where user_id = $1 and dst = any($2::uuid[]) and type = $3 group by 1', [user.id, dsts, type])
    return new Map(rows.map((row) => [row.dst, row.n]))
  }
}
