import { Injectable } from '@nestjs/common'
import { Sql } from '#database'

/** Nothing that is read from talk is surer. */
export const SUREST = 0.99
/** Confidence has six decimals; the store and this process may round the last one differently. */
const ROUNDING = 2e-6

/** Facts of the dream follow from their sources: they hold from when the earliest of them says, as surely as all of them make it (noisy or). */
@Injectable()
export class CitedFacts {
  constructor(private readonly sql: Sql) {}

  /**
   * Lets those of these traces that are facts follow from their sources without some; answers which of them changed. How sure somebody has said
   * that a fact is stays when some go. One that no source is left of stays as it is. Joins the transaction.
   */
  async follow(userId: string, ids: readonly string[], without: readonly string[] = []): Promise<string[]> {
    const sure = (where: string): string => `round(least(${SUREST}, 1 - exp(sum(ln(greatest(1 - coalesce((e.meta->>'confidence')::float8, 0.5), 1e-9))) ${where}))::numeric, 6)::float8`
    const stays = 'filter (where e.dst <> all($3::uuid[]))'
    const rows = await this.sql.many<{ id: string }>({ userId }, `with k as (
        select e.src, min(coalesce((e.meta->>'from')::timestamptz, least((e.meta->>'holds')::timestamptz, s.occurred_at))) ${stays} as begins,
          ${sure('')} as was, ${sure(stays)} as sure
        from memory_edge e join memory_trace s on s.user_id = $1 and s.id = e.dst
        where e.user_id = $1 and e.src = any($2::uuid[]) and e.type = 'derived_from' group by e.src),
      n as (select t.id, k.begins, case when cardinality($3::uuid[]) = 0 or abs(t.confidence - k.was) < ${ROUNDING} then k.sure else t.confidence end as sure
        from k join memory_trace t on t.user_id = $1 and t.id = k.src
        where t.kind = 'fact' and t.triple is not null and t.source->>'dream' is not null and k.begins is not null)
      update memory_trace t set valid_from = n.begins, confidence = n.sure from n
      where t.user_id = $1 and t.id = n.id and (t.valid_from <> n.begins or abs(t.confidence - n.sure) >= ${ROUNDING}) returning t.id`, [userId, ids, without])
    return rows.map((row) => row.id)
  }
}
