import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { collectionId, collectionKey, type JsonObject, type NewTrace, TraceReader } from '#episodic-memory'
import { newId, Secrets, type User } from '#kernel'

/** Collections by the names that callers gave them: one of each name of a user. */
@Injectable()
export class CollectionNames {
  constructor(private readonly sql: Sql, private readonly secrets: Secrets, private readonly traces: TraceReader) {}

  /** The id of the collection that has the name. */
  async find(user: User, name: string): Promise<string | undefined> {
    return (await this.sql.one<{ id: string }>({ userId: user.id },
      `select id from memory_trace where user_id = $1 and content_key = $2 and kind = 'collection' and valid_until is null`, [user.id, this.key(user, name)]))?.id
  }

  /** Under which a name is found. */
  key(user: User, name: string): Buffer {
    return collectionKey(this.secrets, user.id, name)
  }

  /** A trace for a name that no collection has. Its id is made of the name, unless one that was renamed has it. */
  async trace(user: User, name: string, at: { occurredAt: Date; createdAt: Date }, metadata: JsonObject = {}): Promise<NewTrace> {
    const own = collectionId(user.id, name)
    return {
      ...at, id: (await this.traces.existing(user, [own])).has(own) ? newId(at.createdAt) : own,
      kind: 'collection', role: 'system', speaker: null, place: null, content: name, retention: 'personal', sessionId: null, project: null, agentId: null,
      salience: 0.5, confidence: 1, category: null, tags: [], source: null, metadata, dated: false, expiresAt: null,
      contentKey: this.key(user, name), terms: new Map(), words: 0, tells: 0,
    }
  }
}
