import { DAY_MS } from '#kernel'

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

/** How old months become, in days: hot until all of a month lies before the last `hotDays`, cold when all of it lies before the last `coldDays`. */
export interface Ages {
  readonly hotDays: number
  readonly coldDays: number
}

export type Age = 'hot' | 'warm' | 'cold'

/** The instant until which months are cold that end there or before. */
export function coldUntil(now: Date, { coldDays }: Ages): Date {
  return new Date(now.getTime() - coldDays * DAY_MS)
}

/** How old the month of an instant is. */
export function tierOf(occurredAt: Date, now: Date, ages: Ages): Age {
  return ageOfMonth(Date.UTC(occurredAt.getUTCFullYear(), occurredAt.getUTCMonth() + 1), now, ages)
}

/** How old a partition's month is. */
export function ageOf({ until }: Partition, now: Date, ages: Ages): Age {
  return ageOfMonth(until === 'maxvalue' ? Infinity : Date.parse(until), now, ages)
}

function ageOfMonth(end: number, now: Date, ages: Ages): Age {
  if (end > now.getTime() - ages.hotDays * DAY_MS) return 'hot'
  return end > coldUntil(now, ages).getTime() ? 'warm' : 'cold'
}
