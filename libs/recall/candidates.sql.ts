import { filterSql, type Head, liveSql, Params, TRACE_FIELDS, type TraceFilter } from '#episodic-memory'
import { AVERAGE_WORDS, B, DAMPING, K1, NEIGHBOURS, WEIGHTS } from './weights'

/** Candidates taken from each leg, whatever k is: a score must not depend on k. The words' leg is the strongest. */
const LEG = { words: 300, vectors: 200, newest: 200, graph: 100 } as const
/** Candidates that are read in full. At least the largest k. */
const POOL = 250
/** Seeds of spreading activation, and edges followed from each: bounded at hubs. */
const SEEDS = 10
const FAN = 20

export interface HeadQuery {
  readonly head: Head
  /** Bound form of the query's vector, and its signs. */
  readonly vec: Buffer | string
  readonly bits: string
}

export interface CandidateQuery {
  readonly userId: string
  readonly filter: TraceFilter
  /** The instant at which traces must be live. */
  readonly at: Date
  /** Only what was recorded until `at`. */
  readonly past: boolean
  readonly includeSuperseded: boolean
  readonly terms: readonly string[]
  readonly words: readonly string[]
  readonly heads: readonly HeadQuery[]
  readonly model: string
  /** `halfvec` or `vector`. */
  readonly vectorType: string
  /** Ids that are in mind or named: where activation starts, with its strength. */
  readonly primed: readonly { readonly id: string; readonly weight: number }[]
  readonly hops: 0 | 1 | 2
}

const num = (x: number): string => `${x}::float8`

/**
 * One statement that finds candidates by every leg and reads what their score is made of.
 *
 * - `allowed` is materialised once: legs join it, so that a filter never costs results.
 * - Words are BM25F (Robertson & Zaragoza 2009) with length normalised per posting; a posting also counts, weakly, for the turns
 *   around it: neighbours stand at adjacent places, so no join finds them. Stored instead of computed, this cost 13.6 kB and
 *   six sevenths of the write rate.
 * - Vectors are an exact scan of bit signatures over a covering index, then real distances of the pool alone.
 * - The newest rows that pass make "exactly min(k, live)" hold.
 */
export function candidatesSql(q: CandidateQuery): { text: string; params: unknown[] } {
  const params = new Params()
  params.add(q.userId)
  const at = params.add(q.at, '::timestamptz')
  const where = filterSql(q.filter, q.userId, params)
  const live = q.includeSuperseded ? `(t.expires_at is null or t.expires_at > ${at})` : liveSql(at)
  const terms = params.add(q.terms, '::text[]')
  const words = params.add(q.words, '::text[]')
  const primedIds = params.add(q.primed.map((p) => p.id), '::uuid[]')
  const primedWeights = params.add(q.primed.map((p) => p.weight), '::float8[]')
  const model = q.heads.length > 0 ? params.add(q.model, '::text') : ''
  const heads = q.heads.map((h) => ({ name: h.head, vec: params.add(h.vec, `::${q.vectorType}`), bits: params.add(h.bits, `::bit(${h.bits.length})`) }))

  const vectorLegs = heads.map((h) => `near_${h.name} as (
    select e.trace_id as id, min(e.bits <~> ${h.bits}) as distance from memory_embedding e join allowed a on a.id = e.trace_id
    where e.user_id = $1 and e.model = ${model} and e.head = '${h.name}'
    group by e.trace_id order by 2, 1 limit ${LEG.vectors})`)
  const cosines = heads.map((h) => `greatest(0, coalesce((select max(-(e.vec <#> ${h.vec})) from memory_embedding e
      where e.user_id = $1 and e.trace_id = p.id and e.head = '${h.name}' and e.occurred_at = a.occurred_at and e.model = ${model}), 0)) as ${h.name}`)
  const headNames = heads.map((h) => h.name)
  const zero = (['semantic', 'entity', 'situation'] as const).filter((name) => !headNames.includes(name)).map((name) => `0::float8 as ${name}`)

  const text = `with allowed as materialized (
    select t.id, t.place, t.words, t.occurred_at from memory_trace t where t.user_id = $1 and ${live} and ${q.past ? `t.created_at <= ${at}` : 'true'} and ${where}),
  posting as materialized (
    select m.term, m.place, m.tf / (${num(1 - B)} + ${num(B / AVERAGE_WORDS)} * m.length) as tf
    from memory_term m where m.user_id = $1 and m.term = any(${terms})),
  idf as (
    select p.term, ln(1 + (greatest(u.traces, count(*)) - count(*) + 0.5::float8) / (count(*) + 0.5::float8)) as idf
    from posting p cross join (select traces from memory_user where id = $1) u group by p.term, u.traces),
  spread as (
    select p.term, p.place + o.d as place, sum(p.tf * o.own) as own, sum(p.tf * o.near) as near
    from posting p cross join (values (0, 1::float8, 0::float8), ${NEIGHBOURS.map((w, i) => `(${i + 1}, 0, ${num(w)}), (${-i - 1}, 0, ${num(w)})`).join(', ')}) as o(d, own, near)
    group by 1, 2),
  lexical as (
    select a.id, sum(i.idf * ${num(K1 + 1)} * x.tf / (${num(K1)} + x.tf)) as points
    from spread s join idf i on i.term = s.term join allowed a on a.place = s.place
    cross join lateral (select s.own + s.near * least(1, ${num(AVERAGE_WORDS)} / greatest(a.words, 1)) as tf) x
    group by a.id order by points desc, a.id limit ${LEG.words})${vectorLegs.map((leg) => `,\n  ${leg}`).join('')},
  seed as (
    select id, max(weight) as weight from (
      select * from unnest(${primedIds}, ${primedWeights}) as p(id, weight)
      union all (select id, 0.5::float8 from lexical order by points desc, id limit ${SEEDS})
      ${headNames.map((name) => `union all (select id, 0.25::float8 from near_${name} order by distance, id limit ${SEEDS})`).join('\n      ')}
    ) s group by id),
  ${walkSql(q.hops)},
  activated as (
    select w.id, max(w.activation) as activation, jsonb_agg(w.edge order by w.activation desc, w.edge) as edges
    from walked w join allowed a on a.id = w.id group by w.id order by 2 desc, 1 limit ${LEG.graph}),
  pool as (
    select id from lexical ${headNames.map((name) => `union select id from near_${name}`).join(' ')}
    union select id from activated
    union select p.id from unnest(${primedIds}) as p(id) join allowed a on a.id = p.id
    union (select id from allowed order by occurred_at desc, id desc limit ${LEG.newest})),
  feature as (
    select p.id, a.words, coalesce(l.points, 0) as lexical, ${[...cosines, ...zero].join(', ')},
      coalesce(g.activation, 0) as graph, g.edges,
      (l.id is null${headNames.map((name) => ` and not exists (select from near_${name} n where n.id = p.id)`).join('')} and g.id is not null) as "onlyGraph"
    from pool p join allowed a on a.id = p.id left join lexical l on l.id = p.id left join activated g on g.id = p.id)
  select f.words, f.lexical, f.semantic, f.entity, f.situation, f.graph, f.edges, f."onlyGraph", coalesce(a.stability, 1)::float8 as stability,
    coalesce(lower(split_part(t.speaker, ' ', 1)) = any(${words}), false) as "speakerNamed", ${TRACE_FIELDS}
  from feature f join memory_trace t on t.user_id = $1 and t.id = f.id
    left join memory_session s on s.user_id = t.user_id and s.id = t.session_id
    left join memory_activation a on a.user_id = t.user_id and a.trace_id = t.id
  order by ${num(WEIGHTS.lexical)} * f.lexical + ${num(WEIGHTS.semantic)} * f.semantic + ${num(WEIGHTS.situation)} * f.situation + ${num(WEIGHTS.entity)} * f.entity
    + ${num(WEIGHTS.graph)} * f.graph + case when lower(split_part(t.speaker, ' ', 1)) = any(${words}) then ${num(WEIGHTS.speaker)} else 0 end
    + case when t.role = 'assistant' then 0 else ${num(WEIGHTS.own)} end desc, t.occurred_at desc, t.id desc
  limit ${POOL}`
  return { text, params: params.values }
}

/** Activation walking from the seeds over edges both ways; each hop keeps DAMPING × the edge's weight. */
function walkSql(hops: 0 | 1 | 2): string {
  const hop = (from: string): string => `select e.id, s.activation * e.weight * ${num(DAMPING)} as activation, e.edge
    from ${from} s cross join lateral (
      (select dst as id, weight, jsonb_build_object('src', src, 'dst', dst, 'type', type, 'weight', weight) as edge
        from memory_edge where user_id = $1 and src = s.id order by weight desc, dst limit ${FAN})
      union all
      (select src, weight, jsonb_build_object('src', src, 'dst', dst, 'type', type, 'weight', weight)
        from memory_edge where user_id = $1 and dst = s.id order by weight desc, src desc limit ${FAN})) e`
  if (hops === 0) return 'walked as (select null::uuid as id, 0::float8 as activation, null::jsonb as edge where false)'
  const first = `hop1 as (${hop('(select id, weight as activation from seed)')})`
  if (hops === 1) return `${first},\n  walked as (select * from hop1)`
  return `${first},
  beam as (select id, max(activation) as activation from hop1 group by id order by 2 desc, 1 limit 100),
  hop2 as (${hop('beam')}),
  walked as (select * from hop1 union all select * from hop2)`
}
