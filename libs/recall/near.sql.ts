import { type Head, INDEXED_HEADS } from '#episodic-memory'
import { LEG, OVERFETCH } from './legs'
import { among, num } from './sql-parts'
import { WEIGHTS } from './weights'

/** Nearest signatures of each head that an index is asked for; no more than the session's hnsw.ef_search. */
const BY_INDEX = 400

/** A head of the question, its values bound. */
export interface BoundHead {
  readonly name: Head
  readonly vec: string
  readonly bits: string
}

/**
 * The traces whose signatures are nearest by all heads asked for, each as heavy as in the score: (id, estimate, rank). The angle of
 * two vectors is about π · distance / dims (Charikar 2002); near a right angle, where most are, cosines fall evenly, so distances are
 * averaged as they are. A head that is missing counts as a right angle. The model is asked of the vectors, not of the signatures: a store holds those of one
 * (EmbeddingStore refuses another), and asking each of 10,000 took a quarter of the scan.
 */
export function nearSql(heads: readonly BoundHead[], dims: string, { narrowed, indexed }: { readonly narrowed: boolean; readonly indexed: boolean }): string {
  const weight = heads.reduce((sum, h) => sum + WEIGHTS[h.name], 0)
  const distance = heads.map((h) => `${num(WEIGHTS[h.name] / weight)} * coalesce(e.${h.name} <~> ${h.bits}, ${dims} / 2)`).join(' + ')
  const signed = (more: string): string =>
    `select e.trace_id as id, ${distance} as distance from memory_signature e where e.user_id = $1 ${more}`
  const byIndex = indexed && !narrowed && heads.every((h) => INDEXED_HEADS.includes(h.name))
  const pieces = byIndex
    ? heads.map((h) => `(${signed(`order by e.${h.name} <~> ${h.bits} limit ${BY_INDEX}`)})`).join(' union all ')
    : signed(`${narrowed ? `and ${among('e.trace_id', 'select id from allowed')}` : ''} order by 2, 1 limit ${2 * OVERFETCH * LEG.vectors} offset 0`)
  return `
    select id, ${num(weight)} * greatest(0, cos(pi() * distance / ${dims})) as estimate, row_number() over (order by distance, id) as rank from (
      select id, min(distance) as distance from (${pieces}) piece group by id order by 2, 1 limit ${OVERFETCH * LEG.vectors}) n`
}
