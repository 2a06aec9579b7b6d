import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import type { User } from '#kernel'

/** Directed, except the symmetric ones of SYMMETRIC, which are kept once with src < dst. Weight is 0..1. */
export interface Edge {
  readonly src: string
  readonly dst: string
  readonly type: string
  readonly weight: number
}

export interface StoredEdge extends Edge {
  readonly ts: Date
}

/** Connections that a caller may make and take back. The others follow from what was said, and forgetting relies on them. */
export const CONNECTION_TYPES = ['related', 'similar'] as const
export type ConnectionType = (typeof CONNECTION_TYPES)[number]

const SYMMETRIC: ReadonlySet<string> = new Set(CONNECTION_TYPES)

/** How traces belong together: one edge per (src, dst, type). */
@Injectable()
export class EdgeStore {
  constructor(private readonly sql: Sql) {}

  /** Adds edges; one that is there keeps the greater weight. Call inside the transaction of the write. */
  async insert(userId: string, edges: readonly Edge[], ts: Date): Promise<void> {
    const unique = new Map<string, Edge>()
    for (const edge of edges) {
      if (edge.src === edge.dst) continue
      const placed = SYMMETRIC.has(edge.type) && edge.src > edge.dst ? { ...edge, src: edge.dst, dst: edge.src } : edge
      unique.set(`${placed.src} ${placed.dst} ${placed.type}`, placed)
    }
    const rows = [...unique.values()]
    if (rows.length === 0) return
    await this.sql.run({ userId }, `insert into memory_edge (user_id, src, dst, type, weight, ts)
      select $1, src, dst, type, weight, $2 from unnest($3::uuid[], $4::uuid[], $5::text[], $6::float8[]) as e(src, dst, type, weight)
      on conflict (user_id, src, dst, type) do update set weight = greatest(memory_edge.weight, excluded.weight)`,
    [userId, ts, rows.map((e) => e.src), rows.map((e) => e.dst), rows.map((e) => e.type), rows.map((e) => e.weight)])
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
    return this.sql.many<StoredEdge>({ userId: user.id }, `select src, dst, type, weight, ts from memory_edge where user_id = $1 and src = $2
      union select src, dst, type, weight, ts from memory_edge where user_id = $1 and dst = $2 order by 4 desc, 1, 2, 3`, [user.id, traceId])
  }
}
