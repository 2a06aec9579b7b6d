import { Injectable } from '@nestjs/common'
import { Sql, vectorValues } from '#database'
import { normalise, type User, type Vector } from '#kernel'
import { EmbeddingStore } from './embedding.store'
import type { Head } from './trace'
import { TraceVectors } from './trace-vectors'

/** Vectors of one statement: a thousand are some 3 MB on their way. */
const BATCH = 1_000

/** Reads vectors. */
@Injectable()
export class VectorReader {
  constructor(private readonly sql: Sql, private readonly store: EmbeddingStore, private readonly vectors: TraceVectors) {}

  /** The vector of each of these traces that has one of the model in use, by id; of a long content the direction of all of its pieces. */
  async of(user: User, ids: readonly string[], head: Head = 'semantic'): Promise<Map<string, Vector>> {
    const sums = new Map<string, Vector>()
    for (let at = 0; at < ids.length; at += BATCH) {
      const rows = await this.sql.many<{ id: string; vec: Buffer }>({ userId: user.id }, `select trace_id as id, ${this.store.type}_send(vec) as vec from memory_embedding
        where user_id = $1 and trace_id = any($2::uuid[]) and head = $3 and model = $4 order by trace_id, chunk`, [user.id, ids.slice(at, at + BATCH), head, this.vectors.model])
      for (const { id, vec } of rows) {
        const piece = vectorValues(vec)
        const sum = sums.get(id)
        if (sum) piece.forEach((x, i) => (sum[i]! += x))
        else sums.set(id, piece)
      }
    }
    return new Map([...sums].flatMap(([id, sum]) => (sum.some((x) => x !== 0) ? [[id, normalise(sum, sum.length)]] : [])))
  }
}
