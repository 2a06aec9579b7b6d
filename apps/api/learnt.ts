import { Injectable } from '@nestjs/common'
import { type JsonObject, type Trace, TraceReader } from '#episodic-memory'
import { EdgeReader } from '#graph-memory'
import { notFound, ReverieError, type User } from '#kernel'
import { CorrectService, RememberService } from '#remember'
import type { Learning } from './wire/learnt.dto'

type LearntKind = 'preference' | 'pattern'
interface Fields {
  readonly content?: string
  readonly confidence?: number
  readonly metadata: JsonObject
}

/** Preferences and patterns, which dreams find and callers write: memories of their kind. */
@Injectable()
export class Learnt {
  constructor(
    private readonly traces: TraceReader, private readonly edges: EdgeReader, private readonly rememberService: RememberService, private readonly correctService: CorrectService,
  ) {}

  async list(user: User, kind: LearntKind, page: { cursor?: string; limit: number }): Promise<{ results: Learning[]; nextCursor: string | null }> {
    const { traces, nextCursor } = await this.traces.list(user, { kind: [kind] }, page)
    const results: Learning[] = []
    for (const trace of traces) results.push(await this.withSources(user, trace))
    return { results, nextCursor }
  }

  /** @throws ReverieError not_found */
  async get(user: User, kind: LearntKind, id: string): Promise<Learning> {
    return this.withSources(user, await this.find(user, kind, id))
  }

  /** @throws ReverieError conflict when it was forgotten and is kept away, or something else says the same */
  async add(user: User, kind: LearntKind, { content, confidence, metadata }: Fields & { readonly content: string }): Promise<Learning> {
    // What a caller writes is worth keeping, however short.
    const message = { content, metadata: { origin: 'caller', ...metadata }, importance: 1 }
    const { results: [result] } = await this.rememberService.remember({ user, kind, confidence, wait: true, messages: [message] })
    if (!result?.id) throw new ReverieError('conflict', 'content: this was forgotten and is kept away', { field: 'content' })
    if (result.status === 'duplicate') throw new ReverieError('conflict', `memory ${result.id} says the same`, { duplicate_of: result.id })
    return this.get(user, kind, result.id)
  }

  /** Other content makes a successor, which is answered. @throws ReverieError not_found; conflict as for any correction */
  async change(user: User, kind: LearntKind, id: string, fields: (trace: Trace) => Fields): Promise<Learning> {
    const trace = await this.find(user, kind, id)
    const { content, confidence, metadata } = fields(trace)
    // A dream leaves alone what a caller has amended.
    return this.withSources(user, await this.correctService.correct(user, id, { content, confidence, metadata: { ...trace.metadata, ...metadata, origin: 'caller' } }))
  }

  async find(user: User, kind: LearntKind, id: string): Promise<Trace> {
    const trace = await this.traces.get(user, id)
    if (trace?.kind !== kind) throw notFound(`${kind} ${id}`)
    return trace
  }

  private async withSources(user: User, trace: Trace): Promise<Learning> {
    const ids = (await this.edges.of(user, trace.id)).filter((edge) => edge.type === 'derived_from' && edge.src === trace.id).map((edge) => edge.dst)
    const found = ids.length === 0 ? [] : [...(await this.traces.byIds(user, ids)).values()]
    return { trace, sources: found.sort((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime() || (a.id < b.id ? -1 : 1)) }
  }
}
