import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { UserStore } from '#episodic-memory'
import type { User } from '#kernel'
import { type EdgeLine, FORMAT, type HeaderLine, type Line, type SessionLine, type TraceLine, VERSION } from './format'
import { IdSet } from './id-set'
import { EDGE_ROWS, SESSION_ROWS, traceRows } from './rows.sql'
import { Spool } from './spool'

/** Rows of one statement; of traces as many as their contents fit into this many bytes, but one. */
const PAGE = 1_000
const PAGE_BYTES = 4 * 1024 * 1024

/** Everything of a user as JSON lines, in an order that depends on nothing but what is there. */
@Injectable()
export class ExportService {
  constructor(private readonly sql: Sql, private readonly users: UserStore) {}

  /**
   * Writes the lines to a file first: the pace of whoever fetches them never holds the store, and what fails can still be answered as an
   * error. The caller closes the spool, or streams it.
   */
  async export(user: User): Promise<Spool> {
    const spool = await Spool.open()
    try {
      await this.sql.snapshot({ userId: user.id }, () => this.write(user, spool))
      return spool
    } catch (error) {
      await spool.close()
      throw error
    }
  }

  private async write(user: User, spool: Spool): Promise<void> {
    const write = (lines: readonly Line[]): Promise<void> => spool.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    await write([await this.header(user)])
    // What is there now; without a snapshot others may add to it, and corrections made meanwhile are shown as not made.
    const [last] = await this.sql.many<{ at: Date | null }>({ userId: user.id }, 'select max(created_at) as at from memory_trace where user_id = $1', [user.id])
    let sessions = 0
    for await (const page of this.sessions(user)) {
      sessions += page.length
      await write(page)
    }
    const traces = new IdSet()
    for await (const page of this.traces(user, last!.at)) {
      for (const { id } of page) traces.add(id)
      await write(page)
    }
    let edges = 0
    for await (const page of this.edges(user)) {
      // Without a snapshot: an edge of what was remembered meanwhile.
      const known = page.filter(({ src, dst }) => traces.has(src) && traces.has(dst))
      edges += known.length
      await write(known)
    }
    await write([{ line: 'end', sessions, traces: traces.size, edges }])
  }

  private async header(user: User): Promise<HeaderLine> {
    const stored = await this.users.get(user)
    return { line: 'header', format: FORMAT, version: VERSION, user_id: user.externalId, time_zone: stored?.timeZone ?? null }
  }

  private async *sessions(user: User): AsyncGenerator<SessionLine[]> {
    let last: string | null = null
    do {
      const rows: (SessionLine & { key: string })[] = await this.sql.many({ userId: user.id },
        `${SESSION_ROWS} and ($2::uuid is null or s.id > $2) order by s.id limit ${PAGE}`, [user.id, last])
      last = rows.at(-1)?.key ?? null
      yield rows.map(({ key: _, ...line }) => line)
    } while (last)
  }

  private async *traces(user: User, until: Date | null): AsyncGenerator<TraceLine[]> {
    let last: string | null = null
    do {
      const rows: TraceLine[] = await this.sql.many({ userId: user.id }, `${traceRows('$2')} and t.id = any(array(
          select id from (
            select p.id, sum(octet_length(p.content)) over (order by p.id) - octet_length(p.content) as before from (
              select id, content from memory_trace where user_id = $1 and created_at <= $2 and ($3::uuid is null or id > $3) order by id limit ${PAGE}) p) q
          where before < ${PAGE_BYTES})) order by t.id`, [user.id, until, last])
      last = rows.at(-1)?.id ?? null
      yield rows
    } while (last)
  }

  private async *edges(user: User): AsyncGenerator<EdgeLine[]> {
    let last: EdgeLine | undefined
    do {
      const rows: EdgeLine[] = await this.sql.many({ userId: user.id }, `${EDGE_ROWS}
        and ($2::uuid is null or (e.src, e.dst, e.type collate "C") > ($2, $3::uuid, $4::text)) order by e.src, e.dst, e.type collate "C" limit ${PAGE}`,
      [user.id, last?.src ?? null, last?.dst ?? null, last?.type ?? null])
      last = rows.at(-1)
      yield rows
    } while (last)
  }
}
