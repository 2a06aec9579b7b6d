import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { type Kind, type Trace, TraceReader } from '#episodic-memory'
import { Clock, invalid, notFound, ReverieError, type User } from '#kernel'
import { Amendments } from './amendments'
import { expiryOf, traceOf } from './draft'
import { unflagged } from './flags'
import { type Candidate, Gate } from './gate'
import type { Correction } from './remember.types'
import { Tiers } from './tiers'

/** Kinds whose content is a name, which others hold on to: a successor would stand alone. */
const NAMED: Partial<Record<Kind, string>> = {
  collection: 'is the name of a collection: PATCH /memory/collections/:id changes it',
  entity: 'is the name of an entity, which its memories give it: correct these',
}

/** Corrections: fields change in place; new content makes a successor and closes the old, whose text is kept until forgotten. */
@Injectable()
export class CorrectService {
  constructor(
    private readonly sql: Sql,
    private readonly clock: Clock,
    private readonly gate: Gate,
    private readonly tiers: Tiers,
    private readonly reader: TraceReader,
    private readonly amendments: Amendments,
  ) {}

  /**
   * The trace as it is now: itself, or its successor.
   * @throws ReverieError not_found; conflict when it was already corrected or a tombstone forbids the new content; invalid_request for a new name
   */
  async correct(user: User, id: string, correction: Correction): Promise<Trace> {
    const trace = await this.read(user, id)
    if (trace.supersededBy) throw new ReverieError('conflict', `memory ${id} was corrected already; correct its successor`, { superseded_by: trace.supersededBy })
    if (correction.content !== undefined && correction.content !== trace.content) {
      if (NAMED[trace.kind]) throw invalid('content', NAMED[trace.kind]!)
      return this.read(user, await this.succeed(user, trace, { ...correction, content: correction.content }))
    }
    // By these names are known, and so are memories that mention them when they are forgotten.
    if (trace.kind === 'entity' && correction.metadata) throw invalid('metadata', 'is that of an entity, which its memories give it')
    await this.amendments.apply(user, trace, correction)
    return this.read(user, id)
  }

  /** @throws ReverieError not_found also when it was forgotten since it was corrected */
  private async read(user: User, id: string): Promise<Trace> {
    const trace = await this.reader.get(user, id)
    if (!trace) throw notFound(`memory ${id}`)
    return trace
  }

  private async succeed(user: User, old: Trace, c: Correction & { content: string }): Promise<string> {
    const now = this.clock.now()
    const message = {
      content: c.content, role: old.role, speaker: old.speaker ?? undefined, occurredAt: old.occurredAt,
      metadata: unflagged(c.metadata ?? old.metadata, old.content), importance: c.importance ?? old.salience, tags: c.tags ?? old.tags,
    }
    const [candidate] = await this.gate.draft(user, [{ message }], now)
    const next = candidate!
    await this.refuseForgotten(user, next, old)
    const vectors = await this.tiers.prepare([{
      id: next.id, occurredAt: old.occurredAt, role: old.role, speaker: old.speaker, content: c.content, names: next.entities.map((e) => e.name), before: [],
    }])
    await this.sql.transaction({ userId: user.id }, async () => {
      await this.gate.lock(user)
      await this.refuseForgotten(user, next, old)
      const open = await this.sql.one({ userId: user.id }, 'select 1 as one from memory_trace where user_id = $1 and id = $2 and superseded_by is null', [user.id, old.id])
      if (!open) throw new ReverieError('conflict', `memory ${old.id} was corrected or forgotten meanwhile`)
      await this.tiers.record(user, {
        now, sessionId: null, project: old.project, related: [], vectors, supersedes: old.id,
        entries: [{ occurredAt: old.occurredAt, entities: next.entities, trace: (place) => this.successor(next, old, c, place, now) }],
      })
    })
    await this.tiers.dropFromMind(user, [old.id])
    await this.tiers.keepInMind(user, [{
      id: next.id, content: c.content, role: old.role, speaker: old.speaker, sessionId: old.sessionId, weight: next.salience, at: now, durable: true,
    }])
    if (!vectors) this.tiers.makeVectorsLater()
    return next.id
  }

  private async refuseForgotten(user: User, next: Candidate, { source }: Trace): Promise<void> {
    if ((await this.gate.blocked(user, [next], source)).size > 0) throw new ReverieError('conflict', 'content: this was forgotten and is kept away', { field: 'content' })
  }

  /** The old trace with what the correction says of it. It stands alone on the line of places: its neighbours answered the old words. */
  private successor(next: Candidate, old: Trace, c: Correction, place: number, now: Date): ReturnType<typeof traceOf> {
    const retention = c.retention ?? old.retention
    return traceOf(next, {
      kind: old.kind, retention, sessionId: old.sessionId ?? undefined, project: old.project ?? undefined, agentId: old.agentId ?? undefined,
      category: (c.category === undefined ? old.category : c.category) ?? undefined, source: old.source, confidence: c.confidence ?? old.confidence,
    }, { id: next.id, place, occurredAt: old.occurredAt, createdAt: now, expiresAt: expiryOf({ retention }, now, this.gate.settings.taskDays), contentKey: next.contentKey })
  }
}
