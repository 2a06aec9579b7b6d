import { Injectable } from '@nestjs/common'
import { EmbeddingStore, HEADS, type HeadVector, type NewTrace, tombstoneKeys, traceWords, TraceWriter, UserStore } from '#episodic-memory'
import { type Edge, EdgeStore } from '#graph-memory'
import { Clock, newId, Secrets, type User } from '#kernel'
import { contentWords } from '#language'
import { DayStore, type Episode, type Summary } from './day.store'
import type { Change, DreamRun } from './dream.types'
import type { Sentence } from './sentences'

/** A day's summary, ready to be written but for its place. */
export interface NewSummary {
  readonly trace: Omit<NewTrace, 'place'>
  /** Ids of the traces that it quotes. */
  readonly sources: readonly string[]
  /** The day's summary so far, which this one takes the place of. */
  readonly supersedes: Summary | undefined
}

/**
 * Writes summaries: one sentence a line, each as a source says it, so that forgetting the source can take its lines out again, with a
 * `derived_from` edge to each source. A later summary of the same day closes the earlier one.
 */
@Injectable()
export class SummaryWriter {
  constructor(
    private readonly clock: Clock,
    private readonly secrets: Secrets,
    private readonly users: UserStore,
    private readonly days: DayStore,
    private readonly writer: TraceWriter,
    private readonly edges: EdgeStore,
    private readonly embeddings: EmbeddingStore,
  ) {}

  /** Undefined when the day has this very summary already, or a tombstone keeps it away. */
  async draft(user: User, run: DreamRun, zone: string, sentences: readonly Sentence[], episodes: readonly Episode[]): Promise<NewSummary | undefined> {
    const content = sentences.map((s) => s.text).join('\n')
    const supersedes = await this.days.summary(user, run.day)
    const { content: key } = tombstoneKeys(this.secrets, content, contentWords(content).length, null)
    if (supersedes?.content === content || await this.days.isBlocked(user, key)) return undefined
    const ids = new Set(sentences.map((s) => s.source))
    const quoted = episodes.filter((e) => ids.has(e.id))
    const now = this.clock.now()
    const id = newId(now)
    const occurredAt = episodes.at(-1)!.occurredAt
    return {
      supersedes,
      sources: quoted.map((e) => e.id),
      trace: {
        id, kind: 'summary', role: 'summary', speaker: null, content, occurredAt, createdAt: now, dated: true, expiresAt: null,
        retention: quoted.every((e) => e.retention === 'project') ? 'project' : 'personal', sessionId: null, project: null, agentId: null,
        salience: Math.max(...quoted.map((e) => e.salience)), confidence: 1, category: null, tags: [],
        source: { dream: run.id }, metadata: { day: run.day },
        // Of its own: what a user says in the same words is no duplicate of it.
        contentKey: this.secrets.hash('content', `summary:${id}`),
        ...traceWords(content, null, occurredAt, zone),
      },
    }
  }

  /** Makes the user's writes wait until the transaction ends. */
  async lock(user: User): Promise<void> {
    await this.users.lock(user)
  }

  /** Writes it and answers what changed. Call inside a transaction, under `lock`. Without vectors these follow. */
  async write(user: User, summary: NewSummary, vectors: readonly HeadVector[] | undefined, model: string): Promise<Change[]> {
    const { trace, supersedes } = summary
    const now = this.clock.now()
    const [place] = await this.users.takeLonePlaces(user, 1)
    await this.writer.insert(user.id, [{ ...trace, place: place! }])
    await this.users.countTraces(user, 1)
    await this.edges.insert(user.id, edgesOf(summary), now)
    if (vectors) await this.embeddings.insert(user.id, model, now, vectors)
    else await this.embeddings.defer(user.id, now, [trace.id], HEADS)
    if (supersedes) await this.writer.supersede(user.id, supersedes.id, trace.id, now)
    // What it says is read from the trace itself, as long as that is there.
    return this.changes(summary).map((change) => (change.after?.content === undefined ? change : { ...change, after: { ...change.after, content: undefined } }))
  }

  /** What writing it would change. */
  changes(summary: NewSummary): Change[] {
    const { trace, sources, supersedes } = summary
    return [
      { op: 'create', trace: trace.id, after: { kind: trace.kind, role: trace.role, occurred_at: trace.occurredAt, sources, content: trace.content } },
      ...edgesOf(summary).map(({ src, dst, type, weight }): Change => ({ op: 'create', edge: { src, dst, type }, after: { weight } })),
      ...(supersedes ? [{ op: 'supersede' as const, trace: supersedes.id, before: { superseded_by: null }, after: { superseded_by: trace.id } }] : []),
    ]
  }
}

function edgesOf({ trace, sources, supersedes }: NewSummary): Edge[] {
  return [
    ...sources.map((dst): Edge => ({ src: trace.id, dst, type: 'derived_from', weight: 1 })),
    ...(supersedes ? [{ src: trace.id, dst: supersedes.id, type: 'supersedes', weight: 1 }] : []),
  ]
}
