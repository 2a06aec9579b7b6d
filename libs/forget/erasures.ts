import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { partitionFor } from '#episodic-memory'
import { Clock, newId, type User } from '#kernel'

/** Something that was erased and is still to be purged. */
export interface Erasure {
  readonly id: string
  /** Partitions of vectors that held something of it; null: any. */
  readonly partitions: readonly string[] | null
  /** Whether its pages have been written anew. */
  readonly rewritten: boolean
}

/** What was erased since the last purge, of whom and what nobody can tell; with the receipts that wait for it. */
@Injectable()
export class Erasures {
  constructor(private readonly sql: Sql, private readonly clock: Clock) {}

  /** Partitions that hold vectors of the traces, or held some. Call before these are erased. */
  async partitionsOf(user: User, ids: readonly string[] | 'all'): Promise<string[]> {
    const rows = await this.sql.many<{ month: Date }>({ userId: user.id }, `select distinct date_trunc('month', occurred_at) as month from memory_trace
      where user_id = $1 and ($2::uuid[] is null or id = any($2))`, [user.id, ids === 'all' ? null : ids])
    return [...new Set(rows.map(({ month }) => partitionFor(month)))]
  }

  /** Notes that something is to be purged, in the transaction that erases it. */
  async note(user: User, partitions: readonly string[], receipt?: string): Promise<void> {
    const now = this.clock.now()
    await this.sql.run({ userId: user.id }, 'insert into erasure (id, at, receipt, partitions) values ($1, $2, $3, $4)', [newId(now), now, receipt ?? null, partitions])
  }

  /** What is to be purged. A receipt of a release that noted nothing counts as one that may concern any partition. */
  async due(): Promise<Erasure[]> {
    await this.sql.run('maintenance', `insert into erasure (id, at, receipt) select gen_random_uuid(), r.at, r.id from receipt r
      where not r.purged and not exists (select from erasure e where e.receipt = r.id)`)
    return this.sql.many<Erasure>('maintenance', 'select id, partitions, rewritten from erasure order by at, id')
  }

  async rewritten(ids: readonly string[]): Promise<void> {
    await this.sql.run('maintenance', 'update erasure set rewritten = true where id = any($1::uuid[])', [ids])
  }

  /** All is done for these: their receipts say so. Answers how many receipts there are. */
  async purged(ids: readonly string[]): Promise<number> {
    const row = await this.sql.one<{ n: number }>('maintenance', `with gone as (delete from erasure where id = any($1::uuid[]) returning receipt),
        told as (update receipt set purged = true where not purged and id in (select receipt from gone) returning 1)
      select count(*)::int as n from told`, [ids])
    return row!.n
  }
}
