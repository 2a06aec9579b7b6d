import { DAMPING, DAMPING_OTHERWISE } from './weights'

/** Edges followed from each node, each way, the strongest and newest first: bounded at hubs. */
const FAN = 20
/** Nodes from which the second hop goes on. */
const BEAM = 100

const kept = `case e.type ${Object.entries(DAMPING).map(([type, share]) => `when '${type}' then ${share}::float8`).join(' ')} else ${DAMPING_OTHERWISE}::float8 end`

/**
 * Spreading activation from `seed (id, weight)`, over edges both ways: `walked (id, activation, src, dst, type, weight)`, a row for each edge
 * that led somewhere. An edge keeps, of the activation of the node that it leaves, its weight times the damping of its type; the more edges
 * leave the node, the less each carries: divided by 1 + ln(fan), as in ACT-R's fan effect (Anderson 1974), so that who is named in hundreds of
 * memories says little of any of them. The second hop does not go back over the edge that it came by.
 * @param known condition on the edges `m` that were there
 */
export function walkSql(hops: 0 | 1 | 2, known: string): string {
  if (hops === 0) return `walked as (select null::uuid as id, 0::float8 as activation, null::uuid as src, null::uuid as dst, '' as type, 0::float8 as weight where false)`
  const along = (from: string, to: string): string =>
    `(select m.${to} as id, m.src, m.dst, m.type, m.weight from memory_edge m where m.user_id = $1 and m.${from} = s.id ${known} order by m.weight desc, m.${to} desc limit ${FAN})`
  const hop = (from: string, onward: string): string => `select e.id, s.activation * e.weight * (${kept}) / (1 + ln(e.fan)) as activation, e.src, e.dst, e.type, e.weight
    from ${from} s cross join lateral (
      select x.*, (count(*) over ())::float8 as fan from (${along('src', 'dst')} union all ${along('dst', 'src')}) x) e${onward}`
  const first = `hop1 as (${hop('(select id, weight as activation from seed)', '')})`
  if (hops === 1) return `${first},\n  walked as (select * from hop1)`
  return `${first},
  beam as (select * from (select distinct on (id) * from hop1 order by id, activation desc, src, dst, type) b order by activation desc, id limit ${BEAM}),
  hop2 as (${hop('beam', ' where (e.src, e.dst, e.type) <> (s.src, s.dst, s.type)')}),
  walked as (select * from hop1 union all select * from hop2)`
}
