/** A partition of memory_embedding: vectors of what happened in [from, until), as Postgres writes instants, or `minvalue`, `maxvalue`. */
export interface Partition {
  readonly name: string
  readonly from: string
  readonly until: string
}

export interface PartitionRow {
  readonly name: string
  readonly bounds: string
}

/** Rows of PartitionRow, in the order of their names. */
export const PARTITIONS = `select c.relname as name, pg_get_expr(c.relpartbound, c.oid) as bounds
  from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'memory_embedding'::regclass order by 1`

export function partitionOf({ name, bounds }: PartitionRow): Partition {
  const [from = '', until = ''] = [...bounds.matchAll(/\((?:'([^']+)'|(MINVALUE|MAXVALUE))\)/g)].map((m) => m[1] ?? m[2]!.toLowerCase())
  return { name, from, until }
}

const DAY_MS = 86_400_000

/** The instant `hotDays` before now. */
export function hotSince(now: Date, hotDays: number): Date {
  return new Date(now.getTime() - hotDays * DAY_MS)
}

/** The tier of what happened at an instant: hot while part of its month lies within the last `hotDays`. */
export function tierOf(occurredAt: Date, now: Date, hotDays: number): 'hot' | 'warm' {
  const monthEnd = new Date(Date.UTC(occurredAt.getUTCFullYear(), occurredAt.getUTCMonth() + 1))
  return monthEnd > hotSince(now, hotDays) ? 'hot' : 'warm'
}

/** A month is hot while part of it lies after `since`. */
export function isHot({ until }: Partition, since: Date): boolean {
  return until === 'maxvalue' || new Date(until) > since
}
