import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import type { Kind } from '#episodic-memory'
import type { User } from '#kernel'
import type { Derived } from './remaining'

export interface DerivedTrace extends Derived {
  readonly id: string
  readonly kind: Kind
}

/** Traces that were derived from others, with what their sources say. */
@Injectable()
export class DerivedReader {
  constructor(private readonly sql: Sql) {}

  /** Those that derive from one of the traces and are not among them. Joins the transaction. */
  async from(user: User, ids: readonly string[]): Promise<DerivedTrace[]> {
    return this.sql.many<DerivedTrace>({ userId: user.id }, `with says as (
        select e.src, e.dst, concat_ws(E'\\n', s.speaker, s.content) as text, e.dst = any($2::uuid[]) as goes
        from memory_edge e join memory_trace s on s.user_id = $1 and s.id = e.dst
        where e.user_id = $1 and e.type = 'derived_from' and e.src <> all($2::uuid[])
          and e.src in (select src from memory_edge where user_id = $1 and dst = any($2::uuid[]) and type = 'derived_from'))
      select d.id, d.kind, d.content, case when jsonb_typeof(d.meta->'sentences') = 'array' and d.source->>'dream' is not null then d.meta->'sentences' end as sentences,
        d.triple is not null and d.source->>'dream' is not null as whole,
        array_agg(says.dst) filter (where goes) as "goneIds", array_agg(text) filter (where goes) as gone, coalesce(array_agg(text) filter (where not goes), '{}') as kept
      from says join memory_trace d on d.user_id = $1 and d.id = says.src group by d.user_id, d.id order by d.created_at, d.id`, [user.id, ids])
  }
}
