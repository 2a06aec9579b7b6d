import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { EmbeddingStore, HEADS, TraceWriter } from '#episodic-memory'
import { Clock, type User } from '#kernel'

interface Derived {
  readonly id: string
  readonly content: string
  /** Contents of its sources that go, and of those that stay. */
  readonly gone: readonly string[]
  readonly kept: readonly string[]
}

/** Takes out of derived traces what only the forgotten said. */
@Injectable()
export class Rewriter {
  constructor(private readonly sql: Sql, private readonly clock: Clock, private readonly writer: TraceWriter, private readonly embeddings: EmbeddingStore) {}

  /**
   * Rewrites what derives from the traces and has other sources, too: a summary quotes a sentence a line, and loses those that no source
   * says any more. Call inside the transaction, before the traces are erased; answers the ids of the rewritten.
   */
  async withoutSources(user: User, ids: readonly string[]): Promise<string[]> {
    const derived = await this.sql.many<Derived>({ userId: user.id }, `select d.id, d.content,
        array_agg(s.content) filter (where s.id = any($2::uuid[])) as gone, coalesce(array_agg(s.content) filter (where s.id <> all($2::uuid[])), '{}') as kept
      from memory_trace d join memory_edge e on e.user_id = $1 and e.src = d.id and e.type = 'derived_from' join memory_trace s on s.user_id = $1 and s.id = e.dst
      where d.user_id = $1 and d.id <> all($2::uuid[])
        and exists (select from memory_edge g where g.user_id = $1 and g.src = d.id and g.type = 'derived_from' and g.dst = any($2::uuid[]))
      group by d.id, d.content order by d.id`, [user.id, ids])
    const rewritten: string[] = []
    for (const { id, content, gone, kept } of derived) {
      const lines = content.split('\n').filter((line) => kept.some((text) => text.includes(line)) || !gone.some((text) => text.includes(line)))
      const now = lines.join('\n')
      if (now === content) continue
      await this.writer.rewrite(user.id, id, content, now)
      await this.embeddings.redo(user.id, this.clock.now(), id, HEADS)
      rewritten.push(id)
    }
    return rewritten
  }
}
