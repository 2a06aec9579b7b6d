import { Inject, Injectable } from '@nestjs/common'
import { EmbeddingUnavailable } from '#embeddings'
import { Sql } from '#database'
import { EmbeddingStore, HEADS, type HeadVector, type Trace, TraceReader, TraceWriter, UserStore } from '#episodic-memory'
import { EdgeStore } from '#graph-memory'
import { Clock, newId, notFound, ReverieError, type User } from '#kernel'
import { FocusBuffer } from '#working-memory'
import { draftOf, expiryOf, traceOf } from './draft'
import { EmbeddingBackfill } from './embedding-backfill'
import { Known } from './known'
import type { Correction } from './remember.types'
import { RememberSettings } from './settings'
import { TraceRecorder } from './trace-recorder'
import { TraceVectors } from './trace-vectors'

/** Corrections: fields change in place; new content makes a successor and closes the old, whose text is kept until forgotten. */
@Injectable()
export class CorrectService {
  constructor(
    private readonly sql: Sql,
    private readonly clock: Clock,
    @Inject(RememberSettings) private readonly settings: RememberSettings,
    private readonly known: Known,
    private readonly recorder: TraceRecorder,
    private readonly vectors: TraceVectors,
    private readonly embeddings: EmbeddingStore,
    private readonly users: UserStore,
    private readonly reader: TraceReader,
    private readonly writer: TraceWriter,
    private readonly edges: EdgeStore,
    private readonly focus: FocusBuffer,
    private readonly backfill: EmbeddingBackfill,
  ) {}

  /**
   * The trace as it is now: itself, or its successor.
   * @throws ReverieError not_found; conflict when it was already corrected or a tombstone forbids the new content
   */
  async correct(user: User, id: string, correction: Correction): Promise<Trace> {
    const trace = await this.reader.get(user, id)
    if (!trace) throw notFound(`memory ${id}`)
    if (trace.supersededBy) throw new ReverieError('conflict', `memory ${id} was corrected already; correct its successor`, { superseded_by: trace.supersededBy })
    const successor = correction.content !== undefined && correction.content !== trace.content
      ? await this.succeed(user, trace, { ...correction, content: correction.content })
      : await this.change(user, trace, correction)
    return (await this.reader.get(user, successor))!
  }

  private async change(user: User, trace: Trace, c: Correction): Promise<string> {
    const retention = c.retention ?? trace.retention
    const expiresAt = c.retention === undefined || c.retention === trace.retention ? undefined : expiryOf({ retention }, trace.createdAt, this.settings.taskDays)
    await this.sql.transaction({ userId: user.id }, async () => {
      await this.writer.update(user.id, trace.id, {
        metadata: c.metadata, category: c.category, tags: c.tags, retention: c.retention, salience: c.importance, confidence: c.confidence, expiresAt,
      })
    })
    return trace.id
  }

  private async succeed(user: User, old: Trace, c: Correction & { content: string }): Promise<string> {
    const now = this.clock.now()
    const zone = (await this.users.get(user))?.timeZone ?? this.settings.timeZone
    const message = {
      content: c.content, role: old.role, speaker: old.speaker ?? undefined, occurredAt: old.occurredAt,
      metadata: c.metadata ?? old.metadata, importance: c.importance ?? old.salience, tags: c.tags ?? old.tags,
    }
    const draft = draftOf(message, old.occurredAt, zone)
    const keys = this.known.blockKeys(c.content, draft.contentWords, old.source)
    const held = await this.known.blocked(user, [keys.content, keys.source].filter((key) => key !== null))
    if (held.size > 0) throw new ReverieError('conflict', 'content: this was forgotten and is kept away', { field: 'content' })
    const id = newId(now)
    const turn = { id, occurredAt: old.occurredAt, role: old.role, speaker: old.speaker, content: c.content, names: draft.entities.map((e) => e.name), before: [] }
    const vectors = await this.embed(turn)
    await this.embeddings.ensureMonths([old.occurredAt])
    const retention = c.retention ?? old.retention
    const input = {
      kind: old.kind, retention, sessionId: old.sessionId ?? undefined, project: old.project ?? undefined, agentId: old.agentId ?? undefined,
      category: (c.category === undefined ? old.category : c.category) ?? undefined, source: old.source, confidence: c.confidence ?? old.confidence,
    }
    await this.sql.transaction({ userId: user.id }, async () => {
      await this.users.lock(user)
      const open = await this.sql.one({ userId: user.id }, 'select 1 as one from memory_trace where user_id = $1 and id = $2 and superseded_by is null for update', [user.id, old.id])
      if (!open) throw new ReverieError('conflict', `memory ${old.id} was corrected or forgotten meanwhile`)
      await this.recorder.record(user, {
        now, sessionId: null, project: old.project, related: [], model: this.vectors.model, vectors,
        entries: [{
          occurredAt: old.occurredAt, entities: draft.entities,
          trace: (place) => traceOf(draft, input, {
            id, place, occurredAt: old.occurredAt, createdAt: now, expiresAt: expiryOf({ retention }, now, this.settings.taskDays), contentKey: this.known.contentKey(draft.folded),
          }),
        }],
      })
      await this.writer.supersede(user.id, old.id, id, now)
      await this.edges.insert(user.id, [{ src: id, dst: old.id, type: 'supersedes', weight: 1 }], now)
    })
    await this.focus.remove(user, [old.id])
    await this.focus.add(user, [{ id, content: c.content, role: old.role, speaker: old.speaker, sessionId: old.sessionId, weight: draft.salience, at: now, durable: true }])
    if (!vectors) this.backfill.wake()
    return id
  }

  private async embed(turn: Parameters<TraceVectors['of']>[0][number]): Promise<HeadVector[] | undefined> {
    try {
      return await this.vectors.of([turn], HEADS)
    } catch (error) {
      if (error instanceof EmbeddingUnavailable) return undefined
      throw error
    }
  }
}
