import { type Head, INDEXED_HEADS, Params } from '#episodic-memory'
import { type Found, LEG, OVERFETCH } from './legs'
import { among, foundSql, legSql, num } from './sql-parts'
import { WEIGHTS } from './weights'

/** Nearest signatures of each head that an index is asked for; no more than the session's hnsw.ef_search. */
const BY_INDEX = 200

/** A head of the question, its values bound. */
export interface BoundHead {
  readonly name: Head
  readonly bits: string
}

/** A head of the question, its value not yet bound. */
interface AskedHead {
  readonly head: Head
  readonly bits: string
}

/** Whether the indexes of a user who has them serve these heads. */
export function byIndex(heads: readonly AskedHead[]): boolean {
  return heads.length > 0 && heads.every(({ head }) => INDEXED_HEADS.includes(head))
}

/**
 * The traces whose signatures are nearest by all heads asked for, each as heavy as in the score: (id, estimate, rank). The angle of
 * two vectors is about π · distance / dims (Charikar 2002); near a right angle, where most are, cosines fall evenly, so distances are
 * averaged as they are. A head that is missing counts as a right angle. The model is asked of the vectors, not of the signatures: a store holds those of one
 * (EmbeddingStore refuses another), and asking each of 10,000 took a quarter of the scan.
 * @param found the nearest with their distances, where indexes have found them
 */
export function nearSql(heads: readonly BoundHead[], dims: string, narrowed: boolean, found: Found | undefined, params: Params): string {
  const filter = narrowed ? `and ${among('e.trace_id', 'select id from allowed')}` : ''
  const nearest = found ? foundSql(found, params) : nearestOf(`${signed(heads, dims)} ${filter} order by 2, 1 limit ${2 * OVERFETCH * LEG.vectors} offset 0`)
  return `
    select id, ${num(weightOf(heads))} * greatest(0, cos(pi() * value / ${dims})) as estimate, row_number() over (order by value, id) as rank from (${nearest}) n`
}

/**
 * The nearest by the user's own indexes: a statement of its own, as only a plan for this user knows these indexes. It is planned in a millisecond; the
 * whole recall takes five, and its plan is kept.
 * @param dims dimensions that the model fills
 */
export function nearestByIndexSql(userId: string, asked: readonly AskedHead[], dims: number): { text: string; params: unknown[] } {
  const params = new Params()
  params.add(userId)
  const heads = asked.map(({ head, bits }) => ({ name: head, bits: params.add(bits, `::bit(${bits.length})`) }))
  const pieces = signed(heads, params.add(dims, '::float8'))
  const text = legSql(nearestOf(heads.map((h) => `(${pieces} order by e.${h.name} <~> ${h.bits} limit ${BY_INDEX})`).join(' union all ')))
  return { text, params: params.values }
}

function weightOf(heads: readonly BoundHead[]): number {
  return heads.reduce((sum, h) => sum + WEIGHTS[h.name], 0)
}

/** Pieces of the user's traces with their distance. */
function signed(heads: readonly BoundHead[], dims: string): string {
  const distance = heads.map((h) => `${num(WEIGHTS[h.name] / weightOf(heads))} * coalesce(e.${h.name} <~> ${h.bits}, ${dims} / 2)`).join(' + ')
  return `select e.trace_id as id, ${distance} as distance from memory_signature e where e.user_id = $1`
}

function nearestOf(pieces: string): string {
  return `select id, min(distance) as value from (${pieces}) piece group by id order by 2, 1 limit ${OVERFETCH * LEG.vectors}`
}
