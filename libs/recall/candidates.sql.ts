import { filterSql, type Head, HEADS, INDEXED_HEADS, liveSql, Params, pathValue, type Trace, TRACE_FIELDS, TRACE_TABLES, type TraceFilter } from '#episodic-memory'
import { beginningOfLonger, firstWord } from '#entities'
import type { Sought } from '#language'
import type { WalkedEdge } from './recall.types'
import { AVERAGE_WORDS, B, DAMPING, K1, NEIGHBOURS, RECENCY_HALF_LIFE_DAYS, WEIGHTS } from './weights'

/** Candidates taken from each leg, whatever k is: a score must not depend on k. The words' leg is the strongest. */
const LEG = { words: 200, vectors: 150, graph: 60, newest: 200 } as const
/** What a leg takes before the rare trace that is not live drops out. */
const OVERFETCH = 2
/**
 * Candidates whose real distances are read and that are scored; the others are below them by words and signatures. At least the largest
 * k, and the same for every k: with k + 150 one question in seventy had another top 10 at another k.
 */
const CHOSEN = 200
/** Of the chosen, those whose whole rows are read beside k: what decides after this statement (age, strength, focus, a short question) seldom lifts one from further below. */
const SPARE = 50
/** Postings that also count for the turns around them, those of the rarest words first: a frequent word tells little of a place. */
const SPREAD_POSTINGS = 400
/** Postings that count at all, beside those of the three rarest words: bounds the work for users of many traces. */
const POSTINGS = 1500
const RAREST = 3
/** Postings of one word that count, the newest first of those that pass: bounds what the rarest words of a question of common words alone cost. */
const TERM_POSTINGS = 1500
/** Nearest signatures of each head that an index is asked for; no more than the session's hnsw.ef_search. */
const BY_INDEX = 400
/** Distinct words of a query that are looked up. */
const MAX_TERMS = 256
/** Strength with which an entity that the question names starts activation. */
export const NAMED = 1
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
  /** Whether the caller narrowed the traces beyond their kind: then the legs look at these alone. */
  readonly narrowed: boolean
  /** The instant at which traces must be live. */
  readonly at: Date
  /** Only what was recorded until `at`. */
  readonly past: boolean
  readonly includeSuperseded: boolean
  /** Terms with one number are one word of the question. */
  readonly terms: readonly Sought[]
  readonly words: readonly string[]
  readonly heads: readonly HeadQuery[]
  /** Whether the user's signatures have indexes: then these find the nearest, and the exact scan does else. */
  readonly indexed: boolean
  /** Dimensions that the model fills; padding is alike in all signatures. */
  readonly dims: number
  readonly model: string
  /** `halfvec` or `vector`. */
  readonly vectorType: string
  /** Keys of names in the question: entities that they may be short for start activation, too. */
  readonly names: readonly string[]
  /** Ids that are in mind or named: where activation starts, with its strength. */
  readonly primed: readonly { readonly id: string; readonly weight: number }[]
  readonly hops: 0 | 1 | 2
  /** Results wanted; bounds only how many whole rows are read. */
  readonly k: number
}

/** What a candidate's score is made of, and with it the trace itself when it stands high enough. */
export interface CandidateRow extends Partial<Trace> {
  readonly traceId: string
  readonly words: number
  readonly lexical: number
  readonly semantic: number
  readonly entity: number
  readonly situation: number
  readonly graph: number
  /** Null when no edge led here. */
  readonly edges: readonly WalkedEdge[] | null
  readonly onlyGraph: boolean
  readonly speakerNamed: boolean
  readonly byAssistant: boolean
  readonly isQuestion: boolean
  readonly worth: number
  /** Milliseconds of the epoch; numbers are read faster than dates. */
  readonly happened: number
  /** These three are null for what was never recalled. */
  readonly accessed: number | null
  readonly stability: number | null
}

const num = (x: number): string => `${x}::float8`
const BM25 = (tf: string): string => `i.idf * ${num(K1 + 1)} * ${tf} / (${num(K1)} + ${tf})`
const OFFSETS = NEIGHBOURS.map((w, i) => `(${i + 1}, ${num(w)}), (${-i - 1}, ${num(w)})`).join(', ')

/**
 * One statement that finds candidates by every leg and reads what their score is made of.
 *
 * - Words are BM25F (Robertson & Zaragoza 2009) with length normalised per posting; a posting also counts, weakly, for the turns
 *   around it: neighbours stand at adjacent places, so no join finds them. Storing neighbours' words instead cost 13.6 kB a trace and
 *   six sevenths of the write rate.
 * - Vectors are one exact scan of bit signatures over a covering index for all heads; real distances are read only of the chosen.
 * - Narrowed by a filter, legs look at the traces that pass (`allowed`, materialised once), so a filter never costs results.
 *   Otherwise nearly all pass: hashing 10,000 of them cost 30 of 80 ms embedded, checking the few candidates costs 5.
 * - The newest rows that pass make "exactly min(k, live)" hold.
 * - Whole rows are read of those alone that may be among the k: reading and sending 250 of them took 8 of 50 ms.
 * - Where a row is found by its key, a lateral subquery fenced by `offset 0` says so; the planner would join all of a user's traces.
 */
export function candidatesSql(q: CandidateQuery): { text: string; params: unknown[] } {
  const params = new Params()
  params.add(q.userId)
  const at = params.add(q.at, '::timestamptz')
  const live = q.includeSuperseded ? `(t.expires_at is null or t.expires_at > ${at})` : liveSql(at)
  const passes = `${live}${q.past ? ` and t.created_at <= ${at}` : ''} and ${filterSql(q.filter, q.userId, params)}`
  const terms = q.terms.slice(0, MAX_TERMS)
  const asked = `unnest(${params.add(terms.map((t) => t.term), '::text[]')}, ${params.add(terms.map((t) => t.word), '::int[]')}) as q(term, n)`
  const variants = new Set(terms.map((t) => t.word)).size < terms.length
  const words = params.add(q.words, '::text[]')
  const ready = `unnest(${params.add(q.primed.map((p) => p.id), '::uuid[]')}, ${params.add(q.primed.map((p) => p.weight), '::float8[]')}) as p(id, weight)`
  const meant = q.names.length === 0 ? '' : `meant as materialized (${meantSql(q.names, params)}),\n  `
  const primed = meant === '' ? ready : `(select p.id, p.weight from ${ready} union all select id, ${num(NAMED)} from meant) as p`
  const model = q.heads.length > 0 ? params.add(q.model, '::text') : ''
  const heads: BoundHead[] = q.heads.map((h) => ({ name: h.head, vec: params.add(h.vec, `::${q.vectorType}`), bits: params.add(h.bits, `::bit(${h.bits.length})`) }))
  const names = heads.map((h) => h.name)

  const cosine = (head: Head): string => {
    const asked = heads.find((h) => h.name === head)
    return asked === undefined ? `0::float8 as ${head}` : `greatest(0, max(-(e.vec <#> ${asked.vec})) filter (where e.head = '${head}')) as ${head}`
  }
  // The time of the event leads to the partition; a condition on the head led the planner to the signatures' index (1,000 ms instead of 6).
  const vectors = heads.length === 0 ? '' : `from memory_embedding e where e.user_id = $1 and e.trace_id = t.id and e.occurred_at = t.occurred_at and e.model = ${model} offset 0`
  const named = `coalesce(lower(split_part(t.speaker, ' ', 1)) = any(${words}), false)`
  const known = `case when ${named} then ${num(WEIGHTS.speaker)} else 0 end + case when t.role = 'assistant' then 0 else ${num(WEIGHTS.own)} end`
  const allowed = `allowed as materialized (select t.id, t.place, t.words from memory_trace t where t.user_id = $1 and ${passes}),\n  `
  const theirs = `from memory_trace t where t.user_id = $1 and ${q.narrowed ? 't.id in (select id from allowed)' : passes}`
  const legs = heads.length === 0 ? ['lexical'] : ['lexical', 'near']
  const text = `with ${meant}${q.narrowed ? allowed : ''}${wordsSql(asked, variants, q.narrowed, q.past ? at : undefined)}${heads.length === 0 ? '' : `,
  near as (${nearSql(heads, params.add(q.dims, '::float8'), model, q)})`},
  seed as (
    select id, max(weight) as weight from (
      select * from ${primed}
      ${legs.map((leg) => `union all (select id, ${leg === 'lexical' ? 0.5 : 0.25}::float8 from ${leg} order by rank limit ${SEEDS})`).join('\n      ')}
    ) s group by id),
  ${walkSql(q.hops, q.past ? `and ts <= ${at}` : '')},
  activated as (
    select id, max(activation) as activation,
      jsonb_agg(jsonb_build_object('src', src, 'dst', dst, 'type', type, 'weight', weight) order by activation desc, src, dst, type) as edges
    from walked group by id order by 2 desc, 1 limit ${OVERFETCH * LEG.graph}),
  pool as (
    select id, sum(estimate) as estimate, bool_and(graph) as only_graph from (
      select id, ${num(WEIGHTS.lexical)} * points as estimate, false as graph from lexical
      ${heads.length === 0 ? '' : 'union all select id, estimate, false from near'}
      union all select id, ${num(WEIGHTS.graph)} * activation, true from activated
      union all select id, 0, true from ${primed}
      union all ${q.terms.length + q.heads.length === 0 ? worthySql(theirs, at) : `(select t.id, 0, false ${theirs} order by t.occurred_at desc, t.id desc limit ${LEG.newest})`}
    ) c group by id),
  chosen as (
    select t.id, t.occurred_at, t.words, t.salience, t.role = 'assistant' as by_assistant, p.only_graph, ${named} as named, ${known} as known
    from pool p ${oneTrace('t.id = p.id')} where ${q.narrowed ? 't.id in (select id from allowed)' : passes}
    order by p.estimate + ${known} desc, t.occurred_at desc, t.id desc
    limit ${CHOSEN}),
  measured as (
    select t.*, coalesce(l.points, 0) as lexical, coalesce(g.activation, 0) as graph, g.edges,
      coalesce(c.semantic, 0) as semantic, coalesce(c.entity, 0) as entity, coalesce(c.situation, 0) as situation
    from chosen t left join lexical l on l.id = t.id left join activated g on g.id = t.id
      cross join lateral (select ${HEADS.map(cosine).join(', ')} ${vectors}) c),
  ranked as (
    select m.*, row_number() over (order by ${['lexical', ...names, 'graph'].map((part) => `${num(WEIGHTS[part as keyof typeof WEIGHTS])} * ${part}`).join(' + ')} + known desc, id) as rank
    from measured m)
  select m.id as "traceId", m.words, m.lexical, m.semantic, m.entity, m.situation, m.graph, m.edges, m.only_graph as "onlyGraph", m.named as "speakerNamed",
    m.by_assistant as "byAssistant", m.salience as worth, ${epochMs('m.occurred_at')} as happened,
    ${epochMs('v.last_accessed_at')} as accessed, v.stability,
    (select right(rtrim(q.content, E' \\t\\r\\n'), 1) in ('?', '？') from memory_trace q where q.user_id = $1 and q.id = m.id) as "isQuestion", d.*
  from ranked m
    left join lateral (select * from memory_activation v where v.user_id = $1 and v.trace_id = m.id offset 0) v on true
    left join lateral (select ${TRACE_FIELDS} from ${TRACE_TABLES} where m.rank <= ${params.add(q.k + SPARE, '::int')} and t.user_id = $1 and t.id = m.id offset 0) d on true`
  return { text, params: params.values }
}

const epochMs = (instant: string): string => `(extract(epoch from ${instant}) * 1000)::float8`

/** Without anything to search by: the newest and the most salient, estimated as the score will have them. */
function worthySql(theirs: string, at: string): string {
  const best = (order: string): string => `(select t.id, t.salience, t.occurred_at ${theirs} order by ${order}t.occurred_at desc, t.id desc limit ${LEG.newest})`
  const halvings = `greatest(0, extract(epoch from ${at} - w.occurred_at)::float8 / ${num(86_400 * RECENCY_HALF_LIFE_DAYS)})`
  return `select w.id, ${num(WEIGHTS.salience)} * w.salience + ${num(WEIGHTS.recency)} * power(2::float8, -${halvings}), false
        from (${best('')} union ${best('t.salience desc, ')}) w`
}

/** Entities with longer names than the question's: Marta Silva, asked for as Marta. */
function meantSql(names: readonly string[], params: Params): string {
  const first = params.add([...new Set(names.map(firstWord))].map(pathValue), '::text[]')
  return `select t.id from memory_path p ${oneTrace('t.id = p.trace_id')} where p.user_id = $1 and p.path = 'first' and p.value = any(${first}) and t.kind = 'entity'
    and exists (select from unnest(${params.add(names.map(beginningOfLonger), '::text[]')}) as n(beginning) where starts_with(t.meta->>'key', n.beginning)) order by t.id limit ${SEEDS}`
}

/** The trace of each, by its key. */
function oneTrace(key: string): string {
  return `cross join lateral (select * from memory_trace t where t.user_id = $1 and ${key} offset 0) t`
}

/**
 * The words' leg: (id, points, rank). Neighbours count less for a long trace: it stands for itself.
 * @param variants whether a word is sought by several terms: it counts once, as rare as the most frequent of them
 * @param until words that were recorded later are not known, nor how rare they made others
 */
function wordsSql(asked: string, variants: boolean, narrowed: boolean, until?: string): string {
  const known = until === undefined ? '' : `and exists (select from memory_trace k where k.user_id = $1 and k.id = m.trace_id and k.created_at <= ${until})`
  // Of a frequent word, which counts for its own trace alone, the newest postings that pass: else a filter would lose what is old.
  const passing = narrowed ? 'and (i.wide or m.place in (select place from allowed))' : ''
  const traces = until === undefined ? 'select traces from memory_user where id = $1'
    : `select count(*) as traces from memory_trace where user_id = $1 and place is not null and created_at <= ${until}`
  const scaled = `(s.own + s.near * least(1, ${num(AVERAGE_WORDS)} / greatest(a.words, 1)))`
  // What a place has at most, whatever its length: only the best are looked up. Narrowed, all that pass are at hand anyway.
  const best = narrowed ? '' : `best as (
    select s.place from spread s join word i on i.n = s.n group by s.place order by sum(${BM25('(s.own + s.near)')}) desc, s.place limit ${OVERFETCH * LEG.words}),
  best_trace as materialized (select t.id, t.place, t.words from best b ${oneTrace('t.place = b.place')}),\n  `
  const tf = `m.tf / (${num(1 - B)} + ${num(B / AVERAGE_WORDS)} * m.length)`
  const from = narrowed ? 'spread s join allowed a on a.place = s.place' : 'spread s join best_trace a on a.place = s.place'
  return `idf as materialized (
    select c.n, c.term, ln(1 + (greatest(u.traces, c.df) - c.df + 0.5::float8) / (c.df + 0.5::float8)) as idf,
      sum(c.df) over (order by c.df, c.n, c.term) <= ${SPREAD_POSTINGS} as wide,
      sum(c.df) over (order by c.df, c.n, c.term) <= ${POSTINGS} or sum(sign(c.df)) over (order by c.df, c.n, c.term) <= ${RAREST} as counts
    from (select q.term, q.n, (select count(*) from memory_term m where m.user_id = $1 and m.term = q.term ${known}) as df from ${asked} offset 0) c
      cross join (${traces}) u),
  word as materialized (select n, min(idf) as idf from idf group by n),
  posting as materialized (
    select i.n, m.place, ${variants ? `bool_or(i.wide) as wide, max(${tf}) as tf` : `i.wide, ${tf} as tf`}
    from idf i cross join lateral (
      select m.place, m.tf, m.length from memory_term m where m.user_id = $1 and m.term = i.term ${known} ${passing} order by m.trace_id desc limit ${TERM_POSTINGS}) m
    where i.counts${variants ? ' group by i.n, m.place' : ''}),
  spread as materialized (
    select x.place, x.n, sum(x.own) as own, sum(x.near) as near from (
      select p.place, p.n, p.tf as own, 0::float8 as near from posting p
      union all
      select p.place + o.d, p.n, 0, p.tf * o.near from posting p cross join (values ${OFFSETS}) as o(d, near) where p.wide
    ) x group by x.place, x.n),
  ${best}lexical as (
    select id, points, row_number() over (order by points desc, id) as rank from (
      select a.id, sum(${BM25(scaled)}) as points from ${from} join word i on i.n = s.n group by a.id) l
    order by points desc, id limit ${LEG.words})`
}

interface BoundHead {
  readonly name: Head
  readonly vec: string
  readonly bits: string
}

/**
 * The traces whose signatures are nearest by all heads asked for, each as heavy as in the score: (id, estimate, rank). The angle of
 * two vectors is about π · distance / dims (Charikar 2002); near a right angle, where most are, cosines fall evenly, so distances are
 * averaged as they are. A head that is missing counts as a right angle.
 */
function nearSql(heads: readonly BoundHead[], dims: string, model: string, { narrowed, indexed }: CandidateQuery): string {
  const weight = heads.reduce((sum, h) => sum + WEIGHTS[h.name], 0)
  const distance = heads.map((h) => `${num(WEIGHTS[h.name] / weight)} * coalesce(e.${h.name} <~> ${h.bits}, ${dims} / 2)`).join(' + ')
  const signed = (more: string): string =>
    `select e.trace_id as id, ${distance} as distance from memory_signature e where e.user_id = $1 and e.model = ${model} ${more}`
  const byIndex = indexed && !narrowed && heads.every((h) => INDEXED_HEADS.includes(h.name))
  const pieces = byIndex
    ? heads.map((h) => `(${signed(`order by e.${h.name} <~> ${h.bits} limit ${BY_INDEX}`)})`).join(' union all ')
    : signed(`${narrowed ? 'and e.trace_id in (select id from allowed)' : ''} order by 2, 1 limit ${2 * OVERFETCH * LEG.vectors} offset 0`)
  return `
    select id, ${num(weight)} * greatest(0, cos(pi() * distance / ${dims})) as estimate, row_number() over (order by distance, id) as rank from (
      select id, min(distance) as distance from (${pieces}) piece group by id order by 2, 1 limit ${OVERFETCH * LEG.vectors}) n`
}

/**
 * Activation walking from the seeds over edges both ways; each hop keeps DAMPING × the edge's weight.
 * @param known condition on the edges that were there
 */
function walkSql(hops: 0 | 1 | 2, known: string): string {
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
