import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { TraceReader, UserStore } from '#episodic-memory'
import { CONNECTION_TYPES, type ConnectionType, type Edge, EdgeReader, EdgeStore, type StoredEdge } from '#graph-memory'
import { Clock, invalid, notFound, type User } from '#kernel'

/** Connections that a caller accepts or takes back. */
@Injectable()
export class Connections {
  constructor(
    private readonly sql: Sql,
    private readonly clock: Clock,
    private readonly users: UserStore,
    private readonly traces: TraceReader,
    private readonly edges: EdgeStore,
    private readonly reader: EdgeReader,
  ) {}

  /**
   * Connects two traces and answers the edge as it is stored: symmetric, with the greater weight when it was there.
   * @throws ReverieError not_found when one of them is not the user's; invalid_request when they are one
   */
  async connect(user: User, edge: Edge & { readonly type: ConnectionType }): Promise<StoredEdge> {
    const { src, dst, type } = edge
    if (src === dst) throw invalid('dst', 'must be another memory')
    await this.check(user, src, dst)
    return this.sql.transaction({ userId: user.id }, async () => {
      // Forgetting waits for the same lock: an edge to what it erases cannot come after it.
      await this.users.lock(user)
      await this.check(user, src, dst)
      await this.edges.insert(user.id, [edge], this.clock.now())
      return (await this.reader.of(user, src)).find((other) => other.type === type && [other.src, other.dst].includes(dst))!
    })
  }

  /**
   * Takes back the connections of two traces, of one type or of all that a caller may make; answers how many.
   * @throws ReverieError not_found when there is none
   */
  async disconnect(user: User, src: string, dst: string, type?: ConnectionType): Promise<number> {
    const removed = await this.edges.remove(user.id, src, dst, type === undefined ? CONNECTION_TYPES : [type])
    if (removed === 0) throw notFound(`a ${type === undefined ? '' : `${type} `}connection of ${src} with ${dst}`)
    return removed
  }

  private async check(user: User, ...ids: string[]): Promise<void> {
    for (const id of ids) if (!(await this.traces.get(user, id))) throw notFound(`memory ${id}`)
  }
}
