import { createHash } from 'node:crypto'
import { Inject, Injectable } from '@nestjs/common'
import { EmbeddingUnavailable } from '#embeddings'
import { Sql } from '#database'
import { EmbeddingStore, HEADS, type HeadVector, TraceReader, UserStore } from '#episodic-memory'
import { Clock, invalid, newId, ReverieError, sessionUuid, type User } from '#kernel'
import { FocusBuffer, type FocusItem } from '#working-memory'
import { type Draft, draftOf, expiryOf, traceOf } from './draft'
import { EmbeddingBackfill } from './embedding-backfill'
import { Known } from './known'
import type { RememberAnswer, RememberInput, RememberResult } from './remember.types'
import type { Turn } from './scene'
import { RememberSettings } from './settings'
import { TraceRecorder } from './trace-recorder'
import { type TraceText, TraceVectors } from './trace-vectors'

/** A message on its way into the store. */
interface Candidate extends Draft {
  readonly id: string
  readonly occurredAt: Date
  readonly contentKey: Buffer
  result?: RememberResult
}

/**
 * Remembering: gate by salience, embed outside of any transaction, then write everything in one. Writes of one user happen one
 * after another (their row is locked), so a duplicate or a repeated idempotency key is seen even between two requests at once.
 */
@Injectable()
export class RememberService {
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
    private readonly focus: FocusBuffer,
    private readonly backfill: EmbeddingBackfill,
  ) {}

  /**
   * One result for each message, in order.
   * @throws ReverieError invalid_request for unknown `related` ids, conflict for an idempotency key used for something else
   */
  async remember(input: RememberInput): Promise<RememberAnswer> {
    const now = this.clock.now()
    const requestKey = input.idempotencyKey === undefined ? undefined : requestHash(input)
    const earlier = requestKey && await this.answered(input.user, input.idempotencyKey!, requestKey)
    if (earlier) return earlier
    await this.checkRelated(input)
    const zone = (await this.users.get(input.user))?.timeZone ?? this.settings.timeZone
    const candidates = input.messages.map((message): Candidate => {
      const occurredAt = message.occurredAt ?? now
      const draft = draftOf(message, occurredAt, zone)
      return { ...draft, id: newId(now), occurredAt, contentKey: this.known.contentKey(draft.folded) }
    })
    await this.gate(input, candidates, now)
    const { vectors, degraded } = await this.embed(input, candidates.filter((c) => !c.result))
    await this.embeddings.ensureMonths(candidates.map((c) => c.occurredAt))
    const answer = await this.write(input, candidates, vectors, now, degraded, requestKey)
    await this.keepInMind(input, candidates, now)
    if (vectors === undefined) this.backfill.wake()
    return answer
  }

  /** Settles what is not stored: below the threshold, blocked, already there (also earlier in the same call). */
  private async gate(input: RememberInput, candidates: readonly Candidate[], now: Date): Promise<void> {
    for (const c of candidates) {
      if (c.salience < this.settings.salienceThreshold) c.result = { id: c.id, status: 'focus_only', salience: c.salience, reason: c.reason }
    }
    const open = candidates.filter((c) => !c.result)
    const keys = open.map((c) => this.known.blockKeys(c.message.content, c.contentWords, input.source))
    const blocked = await this.known.blocked(input.user, keys.flatMap((k) => [k.content, k.source]).filter((k) => k !== null))
    open.forEach((c, i) => {
      const hit = [keys[i]!.content, keys[i]!.source].some((key) => key && blocked.has(key.toString('hex')))
      if (hit) c.result = { id: null, status: 'blocked', salience: c.salience, reason: 'this was forgotten and is kept away' }
    })
    await this.settleDuplicates(input, candidates, now)
  }

  private async settleDuplicates(input: RememberInput, candidates: readonly Candidate[], now: Date): Promise<void> {
    const session = input.sessionId === undefined ? null : sessionUuid(input.user.id, input.sessionId)
    const open = candidates.filter((c) => !c.result)
    const stored = await this.known.duplicates(input.user, now, open.map((c) => ({
      contentKey: c.contentKey, sessionUuid: session, occurredAt: c.occurredAt, dated: c.message.occurredAt !== undefined,
    })))
    const first = new Map<string, string>()
    open.forEach((c, i) => {
      const key = `${c.contentKey.toString('hex')} ${c.message.occurredAt?.getTime() ?? ''}`
      const original = stored[i] ?? first.get(key)
      if (original) c.result = { id: original, status: 'duplicate', salience: c.salience, duplicateOf: original, reason: 'the same text is already stored' }
      else first.set(key, c.id)
    })
  }

  private async embed(input: RememberInput, open: readonly Candidate[]): Promise<{ vectors: HeadVector[] | undefined; degraded: string[] }> {
    if (open.length === 0) return { vectors: [], degraded: [] }
    if (input.wait === false) return { vectors: undefined, degraded: [] }
    const before = input.sessionId === undefined ? [] : await this.known.lastTurns(input.user, sessionUuid(input.user.id, input.sessionId), open[0]!.occurredAt)
    try {
      return { vectors: await this.vectors.of(textsOf(open, before, input.sessionId !== undefined), HEADS), degraded: [] }
    } catch (error) {
      if (!(error instanceof EmbeddingUnavailable)) throw error
      return { vectors: undefined, degraded: ['semantic'] }
    }
  }

  private async write(
    input: RememberInput, candidates: readonly Candidate[], vectors: readonly HeadVector[] | undefined, now: Date, degraded: readonly string[], requestKey?: Buffer,
  ): Promise<RememberAnswer> {
    const scope = { userId: input.user.id }
    return this.sql.transaction(scope, async () => {
      await this.users.lock(input.user)
      const earlier = requestKey && await this.answered(input.user, input.idempotencyKey!, requestKey)
      if (earlier) return earlier
      // Another request may have stored the same meanwhile.
      await this.settleDuplicates(input, candidates, now)
      const open = candidates.filter((c) => !c.result)
      const expiresAt = expiryOf(input, now, this.settings.taskDays)
      await this.recorder.record(input.user, {
        now, sessionId: input.sessionId ?? null, project: input.project ?? null, related: input.related ?? [], collection: input.collection,
        model: this.vectors.model, vectors: vectors?.filter((v) => open.some((c) => c.id === v.traceId)),
        entries: open.map((c) => ({
          entities: c.entities,
          trace: (place: number) => traceOf(c, input, { id: c.id, place, occurredAt: c.occurredAt, createdAt: now, expiresAt, contentKey: c.contentKey }),
          occurredAt: c.occurredAt,
        })),
      })
      for (const c of open) c.result = { id: c.id, status: 'stored', salience: c.salience, reason: c.reason }
      const answer: RememberAnswer = { results: candidates.map((c) => c.result!), degraded }
      if (requestKey) {
        await this.sql.run(scope, 'insert into idempotency (user_id, key, request, answer, at) values ($1, $2, $3, $4, $5)',
          [input.user.id, input.idempotencyKey, requestKey, JSON.stringify(answer), now])
      }
      return answer
    })
  }

  private async answered(user: User, key: string, request: Buffer): Promise<RememberAnswer | undefined> {
    const row = await this.sql.one<{ request: Buffer; answer: RememberAnswer }>({ userId: user.id },
      'select request, answer from idempotency where user_id = $1 and key = $2', [user.id, key])
    if (row && !row.request.equals(request)) throw new ReverieError('conflict', 'Idempotency-Key: was used for another request', { field: 'Idempotency-Key' })
    return row?.answer
  }

  private async checkRelated(input: RememberInput): Promise<void> {
    if (!input.related || input.related.length === 0) return
    const own = await this.reader.existing(input.user, input.related)
    const missing = input.related.find((id) => !own.has(id))
    if (missing) throw invalid('related', `no memory ${missing}`)
  }

  private async keepInMind(input: RememberInput, candidates: readonly Candidate[], now: Date): Promise<void> {
    const items = candidates.filter((c) => c.result?.status === 'stored' || c.result?.status === 'focus_only').map((c): FocusItem => ({
      id: c.id, content: c.message.content, role: c.role, speaker: c.message.speaker ?? null, sessionId: input.sessionId ?? null,
      weight: Math.max(0.1, c.salience), at: now, durable: c.result!.status === 'stored',
    }))
    await this.focus.add(input.user, items)
  }
}

/** The texts of new turns, each with the turns before it: stored ones, then those of the same call. */
function textsOf(open: readonly Candidate[], before: readonly Turn[], inSession: boolean): TraceText[] {
  const turns: Turn[] = [...before]
  return open.map((c) => {
    const turn: Turn = { speaker: c.message.speaker ?? null, role: c.role, content: c.message.content }
    const text = { ...turn, id: c.id, occurredAt: c.occurredAt, names: c.entities.map((e) => e.name), before: inSession ? turns.slice(-2) : [] }
    turns.push(turn)
    return text
  })
}

/** Two requests with one idempotency key must be equal in everything that they say. */
function requestHash({ user: _, idempotencyKey: __, ...said }: RememberInput): Buffer {
  return createHash('sha256').update(JSON.stringify(said)).digest()
}
