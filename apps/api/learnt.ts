import { Injectable } from '@nestjs/common'
import { type FilterExpression, type JsonObject, type Trace, type TraceFilter, TraceReader } from '#episodic-memory'
import { EdgeReader } from '#graph-memory'
import { notFound, ReverieError, type User } from '#kernel'
import { CorrectService, RememberService } from '#remember'
import { Forgetter } from './forgetter'
import type { ForgetAnswerDto, ForgetPreviewDto } from './wire/answers'
import type { DeleteQueryDto } from './wire/forget.dto'
import type { Learning } from './wire/learnt.dto'

/** Kinds that callers write as what they are, by the names that callers know. */
const NAMES = { preference: 'preference', pattern: 'pattern', procedure: 'fragment' } as const
export type LearntKind = keyof typeof NAMES

interface Fields {
  readonly content?: string
  readonly confidence?: number
  readonly category?: string | null
  readonly tags?: readonly string[]
  readonly metadata: JsonObject
}

/** Preferences and patterns, which dreams find and callers write, and fragments: memories of their kind. */
@Injectable()
export class Learnt {
  constructor(
    private readonly traces: TraceReader, private readonly edges: EdgeReader, private readonly rememberService: RememberService, private readonly correctService: CorrectService,
    private readonly forgetter: Forgetter,
  ) {}

  async list(
    user: User, kind: LearntKind, page: { cursor?: string; limit: number }, filter: TraceFilter = {},
  ): Promise<{ results: Learning[]; nextCursor: string | null }> {
    const { traces, nextCursor } = await this.traces.list(user, { ...filter, kind: [kind] }, page)
    return { results: await this.withSources(user, traces), nextCursor }
  }

  /** @throws ReverieError not_found */
  async get(user: User, kind: LearntKind, id: string): Promise<Learning> {
    return this.alone(user, await this.find(user, kind, id))
  }

  /** @throws ReverieError conflict when it was forgotten and is kept away, or something else says the same */
  async add(user: User, kind: LearntKind, { content, confidence, category, tags, metadata }: Fields & { readonly content: string }): Promise<Learning> {
    // What a caller writes is worth keeping, however short.
    const message = { content, tags, metadata: { origin: 'caller', ...metadata }, importance: 1 }
    const { results: [result] } = await this.rememberService.remember({ user, kind, confidence, category: category ?? undefined, wait: true, messages: [message] })
    if (!result?.id) throw new ReverieError('conflict', 'content: this was forgotten and is kept away', { field: 'content' })
    if (result.status === 'duplicate') throw new ReverieError('conflict', `memory ${result.id} says the same`, { duplicate_of: result.id })
    return this.get(user, kind, result.id)
  }

  /** Other content makes a successor, which is answered. @throws ReverieError not_found; conflict as for any correction */
  async change(user: User, kind: LearntKind, id: string, fields: (trace: Trace) => Fields): Promise<Learning> {
    const trace = await this.find(user, kind, id)
    const { metadata, ...rest } = fields(trace)
    // A dream leaves alone what a caller has amended.
    return this.alone(user, await this.correctService.correct(user, id, { ...rest, metadata: { ...trace.metadata, ...metadata, origin: 'caller' } }))
  }

  /** @throws ReverieError not_found */
  async forget(user: User, kind: LearntKind, id: string, query: DeleteQueryDto): Promise<ForgetAnswerDto | ForgetPreviewDto> {
    await this.find(user, kind, id)
    return this.forgetter.forgetOne(user, id, query)
  }

  private async find(user: User, kind: LearntKind, id: string): Promise<Trace> {
    const trace = await this.traces.get(user, id)
    if (trace?.kind !== kind) throw notFound(`${NAMES[kind]} ${id}`)
    return trace
  }

  private async alone(user: User, trace: Trace): Promise<Learning> {
    return (await this.withSources(user, [trace]))[0]!
  }

  private async withSources(user: User, traces: readonly Trace[]): Promise<Learning[]> {
    const edges = await this.edges.from(user, traces.map((trace) => trace.id), 'derived_from')
    const found = edges.length === 0 ? new Map<string, Trace>() : await this.traces.byIds(user, [...new Set(edges.map((edge) => edge.dst))])
    const sourcesOf = (id: string): Trace[] => edges.flatMap(({ src, dst }) => (src === id ? found.get(dst) ?? [] : []))
      .sort((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime() || (a.id < b.id ? -1 : 1))
    return traces.map((trace) => ({ trace, sources: sourcesOf(trace.id) }))
  }
}

/** Traces whose metadata say so, or say nothing where that is meant by saying nothing. */
export function saying(field: string, value: string | number | boolean, byDefault: boolean): FilterExpression {
  const says: FilterExpression = { field: `metadata.${field}`, op: 'eq', value }
  return byDefault ? { or: [says, { field: `metadata.${field}`, op: 'exists', value: false }] } : says
}
