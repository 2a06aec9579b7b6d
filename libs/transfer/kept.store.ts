import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { TraceReader } from '#episodic-memory'
import { sessionUuid, type User } from '#kernel'
import type { EdgeLine, SessionLine, TraceLine } from './format'
import { EDGE_ROWS, SESSION_ROWS, traceRows } from './rows.sql'

/** No trace is newer. */
const FAR = `'infinity'::timestamptz`

/** What the store has of an import, as the lines that an export would make of it. */
@Injectable()
export class KeptStore {
  constructor(private readonly sql: Sql, private readonly reader: TraceReader) {}

  /** By id. */
  async traces(user: User, ids: readonly string[]): Promise<Map<string, TraceLine>> {
    const rows = await this.sql.many<TraceLine>({ userId: user.id }, `${traceRows(FAR)} and t.id = any($2::uuid[])`, [user.id, ids])
    return new Map(rows.map((row) => [row.id, plain(row)]))
  }

  /** By name. */
  async sessions(user: User, names: readonly string[]): Promise<Map<string, SessionLine>> {
    const rows = await this.sql.many<SessionLine & { key: string }>({ userId: user.id }, `${SESSION_ROWS} and s.id = any($2::uuid[])`,
      [user.id, names.map((name) => sessionUuid(user.id, name))])
    return new Map(rows.map(({ key: _, ...row }) => [row.session_id, plain(row)]))
  }

  /** Which of these ids are there. */
  async existing(user: User, ids: readonly string[]): Promise<Set<string>> {
    return this.reader.existing(user, ids)
  }

  /** Those that join the same ends, by `edgeKey`. */
  async edges(user: User, edges: readonly Pick<EdgeLine, 'src' | 'dst'>[]): Promise<Set<string>> {
    const rows = await this.sql.many<EdgeLine>({ userId: user.id }, `${EDGE_ROWS} and e.src = any($2::uuid[]) and e.dst = any($3::uuid[])`,
      [user.id, edges.map((e) => e.src), edges.map((e) => e.dst)])
    return new Set(rows.map(edgeKey))
  }
}

export function edgeKey({ src, dst, type }: Pick<EdgeLine, 'src' | 'dst' | 'type'>): string {
  return `${src} ${dst} ${type}`
}

/** With times as the line has them. */
function plain<T>(row: T): T {
  return JSON.parse(JSON.stringify(row)) as T
}
