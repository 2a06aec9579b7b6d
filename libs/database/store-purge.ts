import { setTimeout as delay } from 'node:timers/promises'
import { ReverieError } from '#kernel'
import { errorCode } from './database-errors'
import type { Query } from './maintenance-session'
import { cycleLog } from './write-ahead-log'

/** How often, and how long, what must come first is looked for. */
const PAUSE_MS = 100
const PATIENCE_MS = 60_000
/** While a rewriting waits for its table, others wait behind it. */
const LOCK_MS = 2_000
const ATTEMPTS = 10
const LOCK_NOT_AVAILABLE = '55P03'
const DEADLOCK = '40P01'
const UNDEFINED_TABLE = '42P01'

/**
 * What might still see rows that were erased before transaction $1: transactions of this database (each holds a lock on itself, which
 * everybody may see), prepared ones, and standbys that tell what they still read.
 */
const OPEN = `
  select l.virtualtransaction as id from pg_locks l join pg_stat_activity a on a.pid = l.pid
    where l.locktype = 'virtualxid' and l.granted and l.pid <> pg_backend_pid() and a.usesysid is not null
      and a.datid = (select oid from pg_database where datname = current_database())
  union all select gid from pg_prepared_xacts where database = current_database()
  union all select slot_name from pg_replication_slots where age(xmin) > age($1::text::xid)`

/** Tables of ours with the rows of users (those of jobs, where they lie beside); of partitions those that are named. The catalogue's samples last, after they were renewed. */
const TABLES = `
  select format('%I.%I', n.nspname, c.relname) as name, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and c.relpersistence <> 't' and pg_has_role(current_user, c.relowner, 'usage') and n.nspname = any (current_schemas(false))
    and (not c.relispartition or $1::text[] is null or c.relname = any ($1))
  order by n.nspname, c.relname`
const SAMPLES = 'pg_catalog.pg_statistic'

/** What is so of an embedded store alone. */
export interface EmbeddedPurge {
  /** Removes files that belong to no table. */
  sweep(): Promise<void>
  /** Whether the disk has room for so many bytes more. */
  hasRoomFor(bytes: number): boolean
}

/** Takes out of the store's files what is in no row any more. One at a time: see `Database.purge`. */
export class StorePurge {
  constructor(private readonly query: Query, private readonly embedded?: EmbeddedPurge) {}

  /**
   * Writes tables anew, with their indexes and statistics: live rows alone, in new files. Each table is locked for as long as its rewriting takes,
   * and nobody waits longer than LOCK_MS for it to begin. Indexes over vectors take long to build: they are dropped before, and built
   * concurrently after.
   * @param partitions of partitioned tables those with this name; all when undefined
   * @returns how many tables were written
   * @throws ReverieError unavailable when something stays open that may still see what was erased, or does not let go of a table
   */
  async rewrite(partitions: readonly string[] | undefined, signal: AbortSignal): Promise<number> {
    await this.outlast(signal)
    const tables = await this.query<{ name: string; relname: string }>(TABLES, [partitions ?? null])
    for (const { name } of tables) await this.rewriteOne(name, signal)
    await this.locking(`vacuum (full) ${SAMPLES}`, signal)
    await this.embedded?.sweep()
    return tables.length
  }

  /** Has the write-ahead log go on past everything that was in it; answers how many of its files were written over. */
  async cycleLog(signal: AbortSignal): Promise<number> {
    return cycleLog(this.query, signal)
  }

  /** A row that was deleted outlives a rewriting for as long as somebody might see it. */
  private async outlast(signal: AbortSignal): Promise<void> {
    const [now] = await this.query<{ xid: string }>('select pg_snapshot_xmin(pg_current_snapshot())::xid::text as xid')
    const open = async (): Promise<string[]> => (await this.query<{ id: string }>(OPEN, [now!.xid])).map(({ id }) => id)
    const first = new Set(await open())
    for (let left = first.size, waited = 0; left > 0; waited += PAUSE_MS) {
      if (waited > PATIENCE_MS) throw new ReverieError('unavailable', `${left} transactions that began before are still open`)
      await delay(PAUSE_MS, undefined, { signal })
      left = (await open()).filter((id) => first.has(id)).length
    }
  }

  private async rewriteOne(name: string, signal: AbortSignal): Promise<void> {
    try {
      await this.findRoom(name)
      const heavy = await this.query<{ name: string; definition: string }>(`select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
        from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am m on m.oid = c.relam where i.indrelid = $1::regclass and m.amname = 'hnsw' and i.indisvalid`, [name])
      for (const index of heavy) await this.query(`drop index concurrently ${index.name}`)
      await this.locking(`vacuum (full) ${name}`, signal)
      for (const { definition } of heavy) await this.query(definition.replace('CREATE INDEX', 'create index concurrently'))
      // Marks what all may see, which index-only scans need, and renews the statistics.
      await this.locking(`vacuum (analyze) ${name}`, signal)
    } catch (error) {
      // Dropped since the list was made: a partition that aged.
      if (errorCode(error) !== UNDEFINED_TABLE) throw error
    }
  }

  /** What is written anew is written twice, once into the log; embedded, that has to be known before. */
  private async findRoom(name: string): Promise<void> {
    if (!this.embedded) return
    const [size] = await this.query<{ bytes: string }>('select pg_total_relation_size($1::regclass) as bytes', [name])
    if (!this.embedded.hasRoomFor(2 * Number(size!.bytes))) throw new ReverieError('unavailable', 'the disk of the database is too full to write a table anew: free some space on it')
  }

  /** Embedded, nobody else has a lock, and a setting of the one session would be everybody's. */
  private async locking(statement: string, signal: AbortSignal): Promise<void> {
    if (!this.embedded) await this.query(`set lock_timeout = ${LOCK_MS}`)
    try {
      for (let attempt = 1; ; attempt++) {
        signal.throwIfAborted()
        try {
          await this.query(statement)
          return
        } catch (error) {
          if (![LOCK_NOT_AVAILABLE, DEADLOCK].includes(errorCode(error) ?? '')) throw error
          if (attempt === ATTEMPTS) throw new ReverieError('unavailable', 'a table is in use all the time', undefined, { cause: error })
          await delay(PAUSE_MS * attempt, undefined, { signal })
        }
      }
    } finally {
      if (!this.embedded) await this.query('set lock_timeout = 0')
    }
  }
}
