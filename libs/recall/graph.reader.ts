import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { liveSql, type Trace, TraceReader } from '#episodic-memory'
import { EdgeReader, type StoredEdge } from '#graph-memory'
import { Clock, type User } from '#kernel'

export interface GraphNode {
  readonly trace: Trace
  /** Edges between it and the centre; 0 for the centre, and for all when there is none. */
  readonly depth: number
}

export interface Graph {
  readonly nodes: readonly GraphNode[]
  /** Those between the nodes, strongest first. */
  readonly edges: readonly StoredEdge[]
}

/** A part of a user's graph, to be looked at. */
@Injectable()
export class GraphReader {
  constructor(private readonly sql: Sql, private readonly clock: Clock, private readonly traces: TraceReader, private readonly edges: EdgeReader) {}

  /**
   * The centre and what is live within `depth` edges of it, whichever way they go: nearest first, by the strongest edge.
   * @param limit nodes at most
   * @returns undefined when the centre is not the user's
   */
  async around(user: User, center: string, depth: number, limit: number): Promise<Graph | undefined> {
    if (!(await this.traces.get(user, center))) return undefined
    const reached = new Map([[center, 0]])
    let front: readonly string[] = [center]
    for (let hop = 1; hop <= depth && front.length > 0 && reached.size < limit; hop++) {
      front = await this.beyond(user, front, [...reached.keys()], limit - reached.size)
      for (const id of front) reached.set(id, hop)
    }
    return this.of(user, reached)
  }

  /** The live traces with the most connections, and what is between them. */
  async densest(user: User, limit: number): Promise<Graph> {
    const rows = await this.sql.many<{ id: string }>({ userId: user.id }, `select t.id from (
        select id, count(*) as degree, sum(weight) as weight from (
          select src as id, weight from memory_edge where user_id = $1 union all select dst, weight from memory_edge where user_id = $1) e group by id) n
      join memory_trace t on t.user_id = $1 and t.id = n.id where ${liveSql('$2::timestamptz')} order by n.degree desc, n.weight desc, t.id limit $3`,
    [user.id, this.clock.now(), limit])
    return this.of(user, new Map(rows.map(({ id }) => [id, 0])))
  }

  private async beyond(user: User, front: readonly string[], known: readonly string[], limit: number): Promise<string[]> {
    const rows = await this.sql.many<{ id: string }>({ userId: user.id }, `select t.id from (
        select dst as id, weight from memory_edge where user_id = $1 and src = any($2::uuid[])
        union all select src, weight from memory_edge where user_id = $1 and dst = any($2::uuid[])) e
      join memory_trace t on t.user_id = $1 and t.id = e.id
      where t.id <> all($3::uuid[]) and ${liveSql('$4::timestamptz')} group by t.id order by max(e.weight) desc, t.id desc limit $5`,
    [user.id, front, known, this.clock.now(), limit])
    return rows.map(({ id }) => id)
  }

  private async of(user: User, depths: ReadonlyMap<string, number>): Promise<Graph> {
    const ids = [...depths.keys()]
    const traces = await this.traces.byIds(user, ids)
    const there = ids.filter((id) => traces.has(id))
    return { nodes: there.map((id) => ({ trace: traces.get(id)!, depth: depths.get(id)! })), edges: await this.edges.among(user, there) }
  }
}
