import { Injectable } from '@nestjs/common'
import { Database, type Query } from '#database'
import { Clock } from '#kernel'
import { hotSince, isHot, partitionOf, type PartitionRow, PARTITIONS } from './partitions'

export interface IndexRules {
  /** Days within which a month counts as hot. */
  readonly hotDays: number
  /** Vectors of one user and head in a month, above which an index pays. */
  readonly threshold: number
}

export interface IndexChanges {
  /** Names of partitions. */
  readonly built: readonly string[]
  readonly dropped: readonly string[]
}

/** pgvector's own limits of what an HNSW index takes. */
const MAX_DIM: Readonly<Record<string, number>> = { halfvec: 4_000, vector: 2_000 }

/** Name of the index over the vectors of a partition. */
export function hnswOf(partition: string): string {
  return `${partition}_hnsw`
}

/**
 * HNSW indexes over the semantic head, where they pay: in hot months in which one user has so many vectors that the exact scan of signatures
 * takes longer (20,000: 13 ms against 8). Others are searched exactly; writes with an index on every head went from 1,650 traces/s to 110.
 *
 * A month goes from none to built to dropped, each step by itself: an index that a crash left half built is invalid, and is
 * dropped and built anew; a month that has cooled loses its index in a millisecond and keeps its signatures.
 */
@Injectable()
export class VectorIndexes {
  constructor(private readonly database: Database, private readonly clock: Clock) {}

  /**
   * Brings the indexes to what the rules ask for; does nothing where that is so already. For the night: building takes minutes a million
   * vectors, and nobody has to wait for it.
   * @returns what was changed; undefined when another process is at it, or on a store that has no indexes to maintain
   */
  async maintain({ hotDays, threshold }: IndexRules): Promise<IndexChanges | undefined> {
    const since = hotSince(this.clock.now(), hotDays)
    return this.database.maintain?.(async (query) => {
      const operators = await operatorsOf(query)
      const built: string[] = []
      const dropped: string[] = []
      for (const partition of (await query<PartitionRow>(PARTITIONS)).map(partitionOf)) {
        const { name } = partition
        const hot = isHot(partition, since)
        let state = await stateOf(query, name)
        if (state === 'invalid' || (state === 'valid' && !hot)) {
          await query(`drop index concurrently ${hnswOf(name)}`)
          if (!hot) dropped.push(name)
          state = 'none'
        }
        if (state === 'none' && hot && operators && await hasHeavyUser(query, name, threshold)) {
          await query(`create index concurrently ${hnswOf(name)} on ${name} using hnsw (vec ${operators}) with (m = 16, ef_construction = 64) where head = 'semantic'`)
          built.push(name)
        }
      }
      return { built, dropped }
    })
  }
}

/** The operator class of the column; undefined when its vectors are too long for an index. */
async function operatorsOf(query: Query): Promise<string | undefined> {
  const [column] = await query<{ type: string; dim: number }>(`select split_part(format_type(atttypid, atttypmod), '(', 1) as type, atttypmod as dim
    from pg_attribute where attrelid = 'memory_embedding'::regclass and attname = 'vec'`)
  return column!.dim <= MAX_DIM[column!.type]! ? `${column!.type}_cosine_ops` : undefined
}

async function stateOf(query: Query, partition: string): Promise<'none' | 'valid' | 'invalid'> {
  const [index] = await query<{ valid: boolean }>('select indisvalid as valid from pg_index where indexrelid = to_regclass($1)', [hnswOf(partition)])
  return index === undefined ? 'none' : index.valid ? 'valid' : 'invalid'
}

/** Counted over the covering index of the signatures. */
async function hasHeavyUser(query: Query, partition: string, threshold: number): Promise<boolean> {
  const heavy = await query(`select 1 from ${partition} where head = 'semantic' group by user_id having count(*) > $1 limit 1`, [threshold])
  return heavy.length > 0
}
