import { Params } from '#episodic-memory'
import type { Sought } from '#language'
import { LEG, OVERFETCH } from './legs'
import { among, legSql, num, oneTrace } from './sql-parts'
import { AVERAGE_WORDS, B, K1, NEIGHBOURS } from './weights'

/** Distinct words of a query that are looked up. */
const MAX_TERMS = 256
/** Postings that also count for the turns around them, those of the rarest words first: a frequent word tells little of a place. */
const SPREAD_POSTINGS = 400
/** Postings that count at all, beside those of the three rarest words: bounds the work for users of many traces. */
const POSTINGS = 1000
const RAREST = 3
/** Postings of one word that count, the newest first of those that pass: bounds what the rarest words of a question of common words alone cost. */
const TERM_POSTINGS = 1000

const BM25 = (tf: string): string => `i.idf * ${num(K1 + 1)} * ${tf} / (${num(K1)} + ${tf})`
const OFFSETS = NEIGHBOURS.map((w, i) => `(${i + 1}, ${num(w)}), (${-i - 1}, ${num(w)})`).join(', ')

/**
 * The words' leg as a statement of its own, for a recall that nothing narrows: it needs no vector, so it runs while the question is embedded.
 */
export function wordsLegSql(userId: string, terms: readonly Sought[]): { text: string; params: unknown[] } {
  const params = new Params()
  params.add(userId)
  const words = wordsSql(terms, params, false)
  return { text: `with ${words} ${legSql('select id, points as value from lexical')}`, params: params.values }
}

/**
 * The words' leg: (id, points, rank). Neighbours count less for a long trace: it stands for itself. A word that is sought by several terms counts
 * once, as rare as the most frequent of them.
 * @param until words that were recorded later are not known, nor how rare they made others
 */
export function wordsSql(sought: readonly Sought[], params: Params, narrowed: boolean, until?: string): string {
  const terms = sought.slice(0, MAX_TERMS)
  const asked = `unnest(${params.add(terms.map((t) => t.term), '::text[]')}, ${params.add(terms.map((t) => t.word), '::int[]')}) as q(term, n)`
  const variants = new Set(terms.map((t) => t.word)).size < terms.length
  const known = until === undefined ? '' : `and exists (select from memory_trace k where k.user_id = $1 and k.id = m.trace_id and k.created_at <= ${until})`
  // Of a frequent word, which counts for its own trace alone, the newest postings that pass: else a filter would lose what is old.
  const passing = narrowed ? `and (i.wide or ${among('m.place', 'select place from allowed')})` : ''
  const traces = until === undefined ? 'select traces from memory_user where id = $1'
    : `select count(*) as traces from memory_trace where user_id = $1 and place is not null and created_at <= ${until}`
  const scaled = `(s.own + s.near * least(1, ${num(AVERAGE_WORDS)} / greatest(a.words, 1)))`
  // What a place has at most, whatever its length: only the best are looked up.
  const best = `best as (
    select s.place from spread s join word i on i.n = s.n ${narrowed ? `where ${among('s.place', 'select place from allowed')}` : ''}
    group by s.place order by sum(${BM25('(s.own + s.near)')}) desc, s.place limit ${OVERFETCH * LEG.words}),
  best_trace as materialized (select t.id, t.place, t.words from best b ${oneTrace('t.place = b.place')}),
  `
  const tf = `m.tf / (${num(1 - B)} + ${num(B / AVERAGE_WORDS)} * m.length)`
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
      select a.id, sum(${BM25(scaled)}) as points from spread s join best_trace a on a.place = s.place join word i on i.n = s.n group by a.id) l
    order by points desc, id limit ${LEG.words})`
}
