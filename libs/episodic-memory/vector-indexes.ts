import { Injectable } from '@nestjs/common'
import { Database, type Query, Sql } from '#database'
import { Clock } from '#kernel'
import { type Head } from './trace'

export interface IndexRules {
  /** Signatures of one user, above which an index pays. */
  readonly threshold: number
}

export interface IndexChanges {
  /** Names of indexes. */
  readonly built: readonly string[]
  readonly dropped: readonly string[]
}

/** Heads that recall searches unless told otherwise; others are searched exactly. */
export const INDEXED_HEADS: readonly Head[] = ['semantic', 'situation']
/** An index goes when its user has fallen to this share of the threshold, so that one at the threshold is not built and dropped by turns. */
const KEPT_FROM = 0.5
/** Each costs a little of every plan that touches the table: the heaviest users are served. */
const MOST_USERS = 200
const FRESH_MS = 60_000

const NAME = /^signature_hnsw_([0-9a-f]{32})_(semantic|situation)$/

/** Name of the index over one head of one user's signatures. */
export function indexOf(userId: string, head: Head): string {
  return `signature_hnsw_${userId.replaceAll('-', '')}_${head}`
}

/**
 * HNSW indexes over the signatures of users who have so many that the exact scan takes longer (20,000: 9 ms against 7; 100,000: 45
 * against 7). Each is of one user alone, so it never returns too few for another's rows, and nobody else's writes pay for it.
 *
 * An index that a crash left half built is invalid, and is dropped and built anew.
 */
@Injectable()
export class VectorIndexes {
  private served: ReadonlySet<string> = new Set()
  private readAt = -Infinity
  private reading: Promise<void> | undefined

  constructor(private readonly database: Database, private readonly sql: Sql, private readonly clock: Clock) {}

  /** Whether the user's default heads are indexed; as of a minute ago at most. Never on a store that has no indexes to maintain. */
  async serve(userId: string): Promise<boolean> {
    if (!this.database.maintain) return false
    if (this.clock.now().getTime() - this.readAt >= FRESH_MS) {
      this.reading ??= this.read().finally(() => (this.reading = undefined))
      // Only the first waits: an answer that is a minute older is as good.
      if (this.readAt === -Infinity) await this.reading
      else this.reading.catch(() => undefined)
    }
    return this.served.has(userId.replaceAll('-', ''))
  }

  /**
   * Brings the indexes to what the rules ask for; does nothing where that is so already. For the night: building takes a minute for
   * 100,000 signatures, and nobody has to wait for it.
   * @returns what was changed; undefined when another process is at it, or on a store that has no indexes to maintain
   */
  async maintain({ threshold }: IndexRules): Promise<IndexChanges | undefined> {
    return this.database.maintain?.(async (query) => {
      const heavy = await query<{ userId: string; signatures: number }>(`select user_id as "userId", count(*)::int as signatures from memory_signature
        group by 1 having count(*) > $1 order by 2 desc, 1 limit ${MOST_USERS}`, [Math.floor(threshold * KEPT_FROM)])
      const kept = new Set(heavy.flatMap(({ userId }) => INDEXED_HEADS.map((head) => indexOf(userId, head))))
      const there = new Set<string>()
      const dropped: string[] = []
      for (const { name, valid } of await indexes(query)) {
        if (valid && kept.has(name)) {
          there.add(name)
        } else {
          await query(`drop index concurrently ${name}`)
          if (valid) dropped.push(name)
        }
      }
      const built: string[] = []
      for (const { userId, signatures } of heavy) {
        for (const head of INDEXED_HEADS) {
          const name = indexOf(userId, head)
          if (signatures <= threshold || there.has(name)) continue
          await query(`create index concurrently ${name} on memory_signature using hnsw (${head} bit_hamming_ops) with (m = 16, ef_construction = 64) where user_id = '${userId}'`)
          built.push(name)
        }
      }
      return { built, dropped }
    })
  }

  private async read(): Promise<void> {
    const valid = (await indexes((text) => this.sql.many('maintenance', text))).filter((index) => index.valid)
    const heads = new Map<string, number>()
    for (const { name } of valid) {
      const [, user] = NAME.exec(name) as unknown as [string, string]
      heads.set(user, (heads.get(user) ?? 0) + 1)
    }
    this.served = new Set([...heads].filter(([, n]) => n === INDEXED_HEADS.length).map(([user]) => user))
    this.readAt = this.clock.now().getTime()
  }
}

async function indexes(query: Query): Promise<{ name: string; valid: boolean }[]> {
  const all = await query<{ name: string; valid: boolean }>(`select c.relname as name, i.indisvalid as valid from pg_index i
    join pg_class c on c.oid = i.indexrelid where i.indrelid = 'memory_signature'::regclass order by 1`)
  return all.filter(({ name }) => NAME.test(name))
}
