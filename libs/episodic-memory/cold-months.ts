import { type Sql } from '#database'
import { type Clock } from '#kernel'
import { ageOf, type Ages, coldUntil, partitionOf, type PartitionRow, PARTITIONS } from './partitions'

/** Salience below which a memory of a cold month keeps the vectors of its content alone. */
const LOW_SALIENCE = 0.5
/** Memories that one statement looks at: some milliseconds, in which their users wait with what they write. */
const PAGE = 500
const NIL = '00000000-0000-0000-0000-000000000000'

/** How many memories of a month lost vectors. */
export interface Thinned {
  readonly month: string
  readonly traces: number
}

/**
 * Ages partitions in place. A month that is cold keeps all vectors of contents, and drops those of names and scenes, and their signatures, of
 * memories that matter little: a low salience, and neither recorded nor recalled within the cold's age. They are still found by words, content and
 * edges; their vectors take a third of the space.
 */
export class ColdMonths {
  constructor(private readonly sql: Sql, private readonly clock: Clock) {}

  /**
   * Thins what has become cold, page by page, each a transaction of its own; nothing where that is done.
   * @param signal aborted: stops after the page
   */
  async thin(ages: Ages, signal: AbortSignal): Promise<Thinned[]> {
    const now = this.clock.now()
    const cold = (await this.sql.many<PartitionRow>('maintenance', PARTITIONS)).map(partitionOf).filter((partition) => ageOf(partition, now, ages) === 'cold')
    const thinned: Thinned[] = []
    for (const { name } of cold) {
      const traces = await this.thinMonth(name, coldUntil(now, ages), signal)
      if (traces > 0) thinned.push({ month: name, traces })
    }
    return thinned
  }

  private async thinMonth(month: string, until: Date, signal: AbortSignal): Promise<number> {
    let thinned = 0
    for (let after: Page | undefined = { user: NIL, trace: NIL, thinned: 0 }; after && !signal.aborted;) {
      after = await this.sql.one<Page>('maintenance', PAGE_OF(month), [after.user, after.trace, LOW_SALIENCE, until, PAGE])
      thinned += after?.thinned ?? 0
    }
    return thinned
  }
}

/** The last memory of a page, and how many of the page were thinned. */
interface Page {
  readonly user: string
  readonly trace: string
  readonly thinned: number
}

/**
 * Thins the next page of a month, in the order of its key; no row after the last. Users are locked before any row of theirs, as every write
 * does, so that none of them waits for the other in a circle.
 */
const PAGE_OF = (month: string): string => `with page as materialized (
    select user_id, trace_id from ${month} where head <> 'semantic' and (user_id, trace_id) > ($1::uuid, $2::uuid) group by 1, 2 order by 1, 2 limit $5),
  dull as materialized (
    select p.user_id, p.trace_id from page p join memory_trace t on t.user_id = p.user_id and t.id = p.trace_id
      left join memory_activation a on a.user_id = p.user_id and a.trace_id = p.trace_id
    where t.salience < $3 and t.created_at < $4 and coalesce(a.last_accessed_at < $4, true)),
  locked as materialized (select id from memory_user where id in (select user_id from dull) order by id for update),
  chosen as materialized (select d.user_id, d.trace_id from dull d join locked l on l.id = d.user_id),
  dropped as (delete from ${month} e using chosen c where e.user_id = c.user_id and e.trace_id = c.trace_id and e.head <> 'semantic'),
  signed as (update memory_signature s set entity = null, situation = null from chosen c where s.user_id = c.user_id and s.trace_id = c.trace_id)
  select user_id as user, trace_id as trace, (select count(*)::int from chosen) as thinned from page order by 1 desc, 2 desc limit 1`
