import type { Params } from '#episodic-memory'
import type { Found } from './legs'

/** A number as it stands in a statement. */
export const num = (x: number): string => `${x}::float8`

/** Whether a value is among those of another step: by a hash, whatever the planner believes their number to be (unfenced, it compared each with each: 10 s). */
export function among(value: string, step: string): string {
  return `(${value} in (${step})) is true`
}

/** The trace of each, by its key. */
export function oneTrace(key: string): string {
  return `cross join lateral (select * from memory_trace t where t.user_id = $1 and ${key} offset 0) t`
}

/** A leg as a statement of its own, which answers one row: what it `Found`. @param rows (id, value) */
export function legSql(rows: string): string {
  return `select coalesce(array_agg(id), '{}')::text as ids, coalesce(array_agg(value), '{}')::text as values from (${rows}) leg`
}

/** What a leg found before, as (id, value). */
export function foundSql({ ids, values }: Found, params: Params): string {
  return `select * from unnest(${params.add(ids, '::uuid[]')}, ${params.add(values, '::float8[]')}) as f(id, value)`
}
