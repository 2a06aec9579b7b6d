import { Injectable } from '@nestjs/common'
import { EmbeddingStore, HEADS, type HeadVector, type NewTrace, SessionStore, TraceWriter, UserStore } from '#episodic-memory'
import { Entities } from '#entities'
import { type Edge, EdgeStore } from '#graph-memory'
import type { User } from '#kernel'
import type { Entity } from '#language'
import { CollectionNames } from './collection-names'

export interface Recording {
  readonly now: Date
  readonly sessionId: string | null
  readonly project: string | null
  readonly related: readonly string[]
  readonly collection?: string
  readonly model: string
  /** The trace that the only entry corrects. */
  readonly supersedes?: string
  /** Heads that are missing here follow; undefined: all of them. */
  readonly vectors: readonly HeadVector[] | undefined
  readonly entries: readonly {
    readonly occurredAt: Date
    readonly entities: readonly Entity[]
    readonly trace: (place: number) => NewTrace
  }[]
}

/** Writes new turns into every tier of long-term memory. Call inside a transaction, under UserStore.lock(). */
@Injectable()
export class TraceRecorder {
  constructor(
    private readonly users: UserStore,
    private readonly sessions: SessionStore,
    private readonly writer: TraceWriter,
    private readonly embeddings: EmbeddingStore,
    private readonly edges: EdgeStore,
    private readonly entities: Entities,
    private readonly collections: CollectionNames,
  ) {}

  async record(user: User, recording: Recording): Promise<void> {
    if (recording.entries.length === 0) return
    const places = await this.places(user, recording)
    const traces = recording.entries.map((entry, i) => entry.trace(places[i]!))
    const at = { occurredAt: recording.entries[0]!.occurredAt, createdAt: recording.now }
    await this.writer.insert(user.id, traces)
    const collection = recording.collection === undefined ? [] : [await this.collection(user, recording.collection, at)]
    await this.users.countTraces(user, traces.length)
    const before = recording.sessionId === null ? undefined : await this.writer.at(user.id, places[0]! - 1)
    await this.edges.insert(user.id, [
      ...edgesOf(traces, recording, places, before),
      ...collection.flatMap((id) => traces.map((trace): Edge => ({ src: trace.id, dst: id, type: 'member_of', weight: 1 }))),
    ], recording.now)
    await this.entities.mention(user, traces.map(({ id }, i) => ({ trace: id, entities: recording.entries[i]!.entities })), at)
    if (recording.vectors) await this.embeddings.insert(user.id, recording.model, recording.now, recording.vectors)
    const missing = HEADS.filter((head) => !recording.vectors?.some((v) => v.head === head))
    if (missing.length > 0) await this.embeddings.defer(user.id, recording.now, traces.map((t) => t.id), missing)
    if (recording.supersedes !== undefined) {
      await this.writer.supersede(user.id, recording.supersedes, traces[0]!.id, recording.now)
      await this.edges.insert(user.id, [{ src: traces[0]!.id, dst: recording.supersedes, type: 'supersedes', weight: 1 }], recording.now)
    }
  }

  private async places(user: User, { sessionId, project, entries }: Recording): Promise<number[]> {
    if (sessionId !== null) return this.sessions.append(user, sessionId, entries.map((e) => e.occurredAt), project)
    return this.users.takeLonePlaces(user, entries.length)
  }

  /** The collection of the name, made when there is none. */
  private async collection(user: User, name: string, at: { occurredAt: Date; createdAt: Date }): Promise<string> {
    const known = await this.collections.find(user, name)
    if (known !== undefined) return known
    const trace = await this.collections.trace(user, name, at)
    await this.writer.insert(user.id, [trace])
    return trace.id
  }
}

/** Each turn follows the one on the place before it, the first one the session's last (`before`). */
function edgesOf(traces: readonly NewTrace[], recording: Recording, places: readonly number[], before: string | undefined): Edge[] {
  const edges: Edge[] = []
  traces.forEach((trace, i) => {
    const previous = i === 0 ? before : places[i]! - places[i - 1]! === 1 ? traces[i - 1]!.id : undefined
    if (recording.sessionId !== null && previous !== undefined) edges.push({ src: previous, dst: trace.id, type: 'next', weight: 1 })
    for (const id of recording.related) edges.push({ src: trace.id, dst: id, type: 'related', weight: 1 })
  })
  return edges
}
