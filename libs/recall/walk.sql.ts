import { num } from './sql-parts'
import { DAMPING } from './weights'

/** Edges followed from each trace: bounded at hubs. */
const FAN = 20

/**
 * Activation walking from the seeds over edges both ways; each hop keeps DAMPING × the edge's weight.
 * @param known condition on the edges that were there
 */
export function walkSql(hops: 0 | 1 | 2, known: string): string {
  if (hops === 0) return `walked as (select null::uuid as id, 0::float8 as activation, null::uuid as src, null::uuid as dst, '' as type, 0::float8 as weight where false)`
  const hop = (from: string): string => `select e.id, s.activation * e.weight * ${num(DAMPING)} as activation, e.src, e.dst, e.type, e.weight
    from ${from} s cross join lateral (
      (select dst as id, src, dst, type, weight from memory_edge where user_id = $1 and src = s.id ${known} order by weight desc, dst desc limit ${FAN})
      union all
      (select src, src, dst, type, weight from memory_edge where user_id = $1 and dst = s.id ${known} order by weight desc, src desc limit ${FAN})) e`
  const first = `hop1 as (${hop('(select id, weight as activation from seed)')})`
  if (hops === 1) return `${first},\n  walked as (select * from hop1)`
  return `${first},
  beam as (select id, max(activation) as activation from hop1 group by id order by 2 desc, 1 limit 100),
  hop2 as (${hop('beam')}),
  walked as (select * from hop1 union all select * from hop2)`
}
