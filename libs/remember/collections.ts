import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { type JsonObject, Tombstones, type Trace, TraceReader, TraceWriter, UserStore } from '#episodic-memory'
import { EdgeStore } from '#graph-memory'
import { Clock, invalid, notFound, ReverieError, type User } from '#kernel'
import { CollectionNames } from './collection-names'

/** What callers say of a collection; null takes it back, what is undefined stays. */
export interface CollectionFields {
  readonly description?: string | null
  readonly type?: string | null
  readonly topics?: readonly string[]
  /** 0..1 */
  readonly importance?: number
}

export interface CollectionChange extends CollectionFields {
  readonly name?: string
  /** Ids of the user's memories. */
  readonly add?: readonly string[]
  readonly remove?: readonly string[]
}

/** Named groups of memories: those that callers make, and clusters, which dreams find and callers may amend. */
@Injectable()
export class Collections {
  constructor(
    private readonly sql: Sql,
    private readonly clock: Clock,
    private readonly users: UserStore,
    private readonly reader: TraceReader,
    private readonly writer: TraceWriter,
    private readonly edges: EdgeStore,
    private readonly tombstones: Tombstones,
    private readonly names: CollectionNames,
  ) {}

  /**
   * Makes a collection and answers its id.
   * @throws ReverieError conflict when another has the name, or the name was forgotten and is kept away; invalid_request when a member is not the user's
   */
  async make(user: User, name: string, fields: CollectionFields, members: readonly string[]): Promise<string> {
    await this.refuseForgotten(user, name)
    return this.sql.transaction({ userId: user.id }, async () => {
      await this.users.lock(user)
      await this.refuseTaken(user, name)
      await this.requireOwn(user, members, 'members')
      const now = this.clock.now()
      const trace = await this.names.trace(user, name, { occurredAt: now, createdAt: now }, said({}, fields))
      await this.writer.insert(user.id, [trace])
      await this.edges.insert(user.id, members.map((src) => memberOf(src, trace.id)), now)
      return trace.id
    })
  }

  /** Dreams leave alone what was changed. @throws ReverieError not_found; conflict and invalid_request as for a new one */
  async change(user: User, id: string, { name, add = [], remove = [], ...fields }: CollectionChange): Promise<void> {
    if (name !== undefined) await this.refuseForgotten(user, name)
    await this.sql.transaction({ userId: user.id }, async () => {
      await this.users.lock(user)
      const trace = await this.find(user, id)
      await this.requireOwn(user, add, 'add_members')
      if (add.includes(id)) throw invalid('add_members', 'must be other memories')
      const naming = name === undefined ? {} : await this.rename(user, trace, name)
      await this.writer.update(user.id, id, { metadata: { ...said(trace.metadata, fields), ...naming } })
      await this.edges.insert(user.id, add.map((src) => memberOf(src, id)), this.clock.now())
      await this.edges.removeTo(user.id, id, remove, 'member_of')
    })
  }

  /** @throws ReverieError not_found */
  async find(user: User, id: string): Promise<Trace> {
    const trace = await this.reader.get(user, id)
    if (trace?.kind !== 'collection') throw notFound(`collection ${id}`)
    return trace
  }

  /** A cluster keeps what it was found by, which forgetting goes through, and has the name beside it. */
  private async rename(user: User, trace: Trace, name: string): Promise<JsonObject> {
    if (isCluster(trace)) return { name }
    if (name !== trace.content) {
      await this.refuseTaken(user, name)
      await this.writer.rename(user.id, trace.id, name, this.names.key(user, name))
    }
    return {}
  }

  private async refuseTaken(user: User, name: string): Promise<void> {
    const other = await this.names.find(user, name)
    if (other !== undefined) throw new ReverieError('conflict', `collection ${other} has that name`, { duplicate_of: other })
  }

  private async refuseForgotten(user: User, name: string): Promise<void> {
    const [blocked] = await this.tombstones.block(user, [{ content: name }])
    if (blocked) throw new ReverieError('conflict', 'name: this was forgotten and is kept away', { field: 'name' })
  }

  private async requireOwn(user: User, ids: readonly string[], field: string): Promise<void> {
    const own = await this.reader.existing(user, ids)
    const missing = ids.find((id) => !own.has(id))
    if (missing !== undefined) throw invalid(field, `no memory ${missing}`)
  }
}

/** Whether a dream found it. */
export function isCluster(trace: Trace): boolean {
  return trace.kind === 'collection' && typeof (trace.source as JsonObject | null)?.dream === 'string'
}

function said(before: JsonObject, { description, type, topics, importance }: CollectionFields): JsonObject {
  const fields = { description, collection_type: type, topics: topics && [...topics], importance }
  const merged = Object.entries({ ...before, ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) })
  return { ...Object.fromEntries(merged.filter(([, value]) => value !== null)), origin: 'caller' }
}

const memberOf = (src: string, dst: string): { src: string; dst: string; type: string; weight: number } => ({ src, dst, type: 'member_of', weight: 1 })
