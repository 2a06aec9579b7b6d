import { filterSql, type Head, HEADS, liveSql, Params, pathValue, type Trace, TRACE_FIELDS, TRACE_TABLES, type TraceFilter } from '#episodic-memory'
import { beginningOfLonger, firstWord } from '#entities'
import type { Period, Sought } from '#language'
import { type Found, LEG, OVERFETCH } from './legs'
import { type BoundHead, nearSql } from './near.sql'
import { periodSql } from './period.sql'
import type { WalkedEdge } from './recall.types'
import { among, foundSql, num, oneTrace } from './sql-parts'
import { walkSql } from './walk.sql'
import { RECENCY_HALF_LIFE_DAYS, WEIGHTS } from './weights'
import { wordsSql } from './words.sql'

/**
 * Candidates whose real distances are read and that are scored; the others are below them by words and signatures. At least the largest
 * k, and the same for every k: with k + 150 one question in seventy had another top 10 at another k.
 */
const CHOSEN = 200
/** Of the chosen, those whose whole rows are read beside k: what decides after this statement (age, strength, focus, a short question) seldom lifts one from further below. */
const SPARE = 50
/** Of each leg, those from which activation spreads. */
const SEEDS = 10
/** Strength with which an entity that the question names starts activation. */
export const NAMED = 1

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
  /** Whether what was corrected is looked for, too, or alone. */
  readonly superseded: 'not' | 'too' | 'only'
  /** Terms with one number are one word of the question. */
  readonly terms: readonly Sought[]
  readonly words: readonly string[]
  /** Spans of time that the question names. */
  readonly periods: readonly Period[]
  /** The kind of answer that it asks for: a bit of ANSWERS, or 0. */
  readonly asks: number
  readonly heads: readonly HeadQuery[]
  /** What the words' leg found, when it was asked before: with points. */
  readonly lexical?: Found
  /** The nearest of the user's signatures, when indexes have found them: with distances. An exact scan does else. */
  readonly nearest?: Found
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
  /** Whether the edges walked are told. */
  readonly explain: boolean
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
  /** Null when no edge led here, or nobody asked to be told. */
  readonly edges: readonly WalkedEdge[] | null
  readonly onlyGraph: boolean
  readonly speakerNamed: boolean
  readonly own: boolean
  readonly isQuestion: boolean
  /** It tells of the kind of thing that is asked for. */
  readonly answers: boolean
  /** 0..1, how well it fits the time that is asked about; 0 when none is. */
  readonly timely: number
  readonly worth: number
  /** Milliseconds of the epoch; numbers are read faster than dates. */
  readonly happened: number
  /** These three are null for what was never recalled. */
  readonly accessed: number | null
  readonly stability: number | null
}

/**
 * One statement that finds candidates by every leg and reads what their score is made of.
 *
 * - Words are BM25F (Robertson & Zaragoza 2009) with length normalised per posting; a posting also counts, weakly, for the turns
 *   around it: neighbours stand at adjacent places, so no join finds them. Storing neighbours' words instead cost 13.6 kB a trace and
 *   six sevenths of the write rate.
 * - Vectors are one exact scan of bit signatures over a covering index for all heads, or what the indexes of a large user found before; real
 *   distances are read only of the chosen.
 * - Narrowed by a filter, legs look at the traces that pass (`allowed`, materialised once), so a filter never costs results.
 *   Otherwise nearly all pass: hashing 10,000 of them cost 30 of 80 ms embedded, checking the few candidates costs 5.
 * - What a leg measured travels with its candidate: joined again, 200 were compared with 200 (3 of 20 ms on a server).
 * - Of what was said again in the very words by the same, one is chosen before all else, so that repetitions leave room.
 * - Where the legs find fewer different ones than may be asked for, the newest rows that pass make "exactly min(k, live)" hold.
 * - Whole rows are read of those alone that may be among the k: reading and sending 250 of them took 8 of 50 ms.
 * - Where a row is found by its key, a lateral subquery fenced by `offset 0` says so; the planner would join all of a user's traces.
 */
export function candidatesSql(q: CandidateQuery): { text: string; params: unknown[] } {
  const params = new Params()
  params.add(q.userId)
  const at = params.add(q.at, '::timestamptz')
  const current = { not: liveSql(at), too: unexpired(at), only: `t.superseded_by is not null and t.valid_until <= ${at} and ${unexpired(at)}` }[q.superseded]
  const passes = `${current}${q.past ? ` and t.created_at <= ${at}` : ''} and ${filterSql(q.filter, q.userId, params)}`
  const words = params.add(q.words, '::text[]')
  const ready = `unnest(${params.add(q.primed.map((p) => p.id), '::uuid[]')}, ${params.add(q.primed.map((p) => p.weight), '::float8[]')}) as p(id, weight)`
  const meant = q.names.length === 0 ? '' : `meant as materialized (${meantSql(q.names, params)}),\n  `
  const primed = meant === '' ? ready : `(select p.id, p.weight from ${ready} union all select id, ${num(NAMED)} from meant) as p`
  const model = q.heads.length > 0 ? params.add(q.model, '::text') : ''
  const heads = q.heads.map((h): BoundHead & { readonly vec: string } => ({
    name: h.head, vec: params.add(h.vec, `::${q.vectorType}`), bits: q.nearest ? '' : params.add(h.bits, `::bit(${h.bits.length})`),
  }))
  const names = heads.map((h) => h.name)

  const cosine = (head: Head): string => {
    const asked = heads.find((h) => h.name === head)
    return asked === undefined ? `0::float8 as ${head}` : `greatest(0, max(-(e.vec <#> ${asked.vec})) filter (where e.head = '${head}')) as ${head}`
  }
  // The time of the event leads to the partition; a condition on the head led the planner to the signatures' index (1,000 ms instead of 6).
  const vectors = heads.length === 0 ? '' : `from memory_embedding e where e.user_id = $1 and e.trace_id = t.id and e.occurred_at = t.occurred_at and e.model = ${model} offset 0`
  const period = periodSql(q.periods, params)
  const given = (condition: string, weight: number): string => `case when ${condition} then ${num(weight)} else 0 end`
  const known = [given('t.named', WEIGHTS.speaker), given('t.own', WEIGHTS.own), given('t.answers', WEIGHTS.answers), `${num(WEIGHTS.time)} * t.timely`].join(' + ')
  const candidate = `t.id, t.occurred_at, t.words, t.salience, t.content, (t.role <> 'assistant' and t.source->>'dream' is null) as own,
        coalesce(t.source->>'dream' is null and lower(split_part(t.speaker, ' ', 1)) = any(${words}), false) as named,
        coalesce(t.tells & ${params.add(q.asks, '::int')} > 0, false) as answers, ${period?.fit ?? '0::float8'} as timely`
  const distinct = '(select count(*) from found where not again)'
  const allowed = `allowed as materialized (select t.id, t.place, t.salience, t.occurred_at from memory_trace t where t.user_id = $1 and ${passes}),\n  `
  const theirs = q.narrowed ? 'from allowed t where true' : `from memory_trace t where t.user_id = $1 and ${passes}`
  const lexical = q.lexical ? `lexical as (select id, value as points, row_number() over (order by value desc, id) as rank from (${foundSql(q.lexical, params)}) l)`
    : wordsSql(q.terms, params, q.narrowed, q.past ? at : undefined)
  const legs = heads.length === 0 ? ['lexical'] : ['lexical', 'near']
  const text = `with ${meant}${q.narrowed ? allowed : ''}${lexical}${heads.length === 0 ? '' : `,
  near as (${nearSql(heads, params.add(q.dims, '::float8'), q.narrowed, q.nearest, params)})`},
  seed as (
    select id, max(weight) as weight from (
      select * from ${primed}
      ${legs.map((leg) => `union all (select id, ${leg === 'lexical' ? 0.5 : 0.25}::float8 from ${leg} order by rank limit ${SEEDS})`).join('\n      ')}
    ) s group by id),
  ${walkSql(q.hops, q.past ? `and m.ts <= ${at}` : '')},
  activated as (
    select id, least(1, sum(activation order by activation desc, src, dst, type)) as activation, ${q.explain
    ? `jsonb_agg(jsonb_build_object('src', src, 'dst', dst, 'type', type, 'weight', weight) order by activation desc, src, dst, type)` : 'null::jsonb'} as edges
    from walked group by id order by 2 desc, 1 limit ${OVERFETCH * LEG.graph}),
  pool as (
    select id, sum(estimate) as estimate, max(lexical) as lexical, max(graph) as graph, bool_and(walked) as only_graph from (
      select id, ${num(WEIGHTS.lexical)} * points as estimate, points as lexical, 0::float8 as graph, false as walked from lexical
      ${heads.length === 0 ? '' : 'union all select id, estimate, 0, 0, false from near'}
      union all select id, ${num(WEIGHTS.graph)} * activation, 0, activation, true from activated
      union all select id, 0, 0, 0, true from ${primed}${period ? `\n      union all ${period.leg(theirs, LEG.period)}` : ''}
      ${q.terms.length + q.heads.length === 0 ? `union all ${worthySql(theirs, at)}` : ''}
    ) c group by id),
  found as (
    select t.*, ${known} as known from (
      select ${candidate}, p.only_graph, p.estimate, p.lexical, p.graph,
        row_number() over (partition by t.content_key, coalesce(t.speaker, t.role) order by p.estimate desc, t.occurred_at desc, t.id desc) > 1 as again
      from pool p ${oneTrace('t.id = p.id')} where ${q.narrowed ? among('t.id', 'select id from allowed') : passes} offset 0) t
    order by t.again, t.estimate + ${known} desc, t.occurred_at desc, t.id desc
    limit ${CHOSEN}),
  chosen as (
    select * from found
    union all select t.*, ${known} from (
      select ${candidate}, false, 0::float8, 0::float8, 0::float8, false from (
        select id from (
          select t.id ${theirs} and ${distinct} < ${CHOSEN} and not ${among('t.id', 'select id from found')} order by t.occurred_at desc, t.id desc limit ${CHOSEN}) l
        limit ${CHOSEN} - ${distinct}) n
        ${oneTrace('t.id = n.id')}) t),
  measured as (
    select t.*, ${q.explain ? '(select g.edges from activated g where g.id = t.id)' : 'null::jsonb'} as edges,
      coalesce(c.semantic, 0) as semantic, coalesce(c.entity, 0) as entity, coalesce(c.situation, 0) as situation
    from chosen t cross join lateral (select ${HEADS.map(cosine).join(', ')} ${vectors}) c),
  ranked as (
    select m.*, row_number() over (order by ${['lexical', ...names, 'graph'].map((part) => `${num(WEIGHTS[part as keyof typeof WEIGHTS])} * ${part}`).join(' + ')} + known desc, id) as rank
    from measured m)
  select m.id as "traceId", m.words, m.lexical, m.semantic, m.entity, m.situation, m.graph, m.edges, m.only_graph as "onlyGraph", m.named as "speakerNamed",
    m.own, m.answers, m.timely, m.salience as worth, ${epochMs('m.occurred_at')} as happened,
    ${epochMs('v.last_accessed_at')} as accessed, v.stability,
    right(rtrim(m.content, E' \\t\\r\\n'), 1) in ('?', '？') as "isQuestion", d.*
  from ranked m
    left join lateral (select * from memory_activation v where v.user_id = $1 and v.trace_id = m.id offset 0) v on true
    left join lateral (select ${TRACE_FIELDS} from ${TRACE_TABLES} where m.rank <= ${params.add(q.k + SPARE, '::int')} and t.user_id = $1 and t.id = m.id offset 0) d on true`
  return { text, params: params.values }
}

const unexpired = (at: string): string => `(t.expires_at is null or t.expires_at > ${at})`
const epochMs = (instant: string): string => `date_part('epoch', ${instant}) * 1000`

/** Without anything to search by: the newest and the most salient, estimated as the score will have them. */
function worthySql(theirs: string, at: string): string {
  const best = (order: string): string => `(select t.id, t.salience, t.occurred_at ${theirs} order by ${order}t.occurred_at desc, t.id desc limit ${LEG.newest})`
  const halvings = `greatest(0, extract(epoch from ${at} - w.occurred_at)::float8 / ${num(86_400 * RECENCY_HALF_LIFE_DAYS)})`
  return `select w.id, ${num(WEIGHTS.salience)} * w.salience + ${num(WEIGHTS.recency)} * power(2::float8, -${halvings}), 0, 0, false
        from (${best('')} union ${best('t.salience desc, ')}) w`
}

/** Entities with longer names than the question's: Marta Silva, asked for as Marta. */
function meantSql(names: readonly string[], params: Params): string {
  const first = params.add([...new Set(names.map(firstWord))].map(pathValue), '::text[]')
  return `select t.id from memory_path p ${oneTrace('t.id = p.trace_id')} where p.user_id = $1 and p.path = 'first' and p.value = any(${first}) and t.kind = 'entity'
    and exists (select from unnest(${params.add(names.map(beginningOfLonger), '::text[]')}) as n(beginning) where starts_with(t.meta->>'key', n.beginning)) order by t.id limit ${SEEDS}`
}
