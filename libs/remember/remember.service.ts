import { isDeepStrictEqual } from 'node:util'
import { Injectable } from '@nestjs/common'
import { Sql } from '#database'
import { goesOn, type HeadVector, SCENE_TURNS, type TraceText } from '#episodic-memory'
import { Clock } from '#kernel'
import { expiryOf, traceOf } from './draft'
import { type Candidate, Gate } from './gate'
import type { RememberAnswer, RememberInput, Suggestion } from './remember.types'
import { Requests } from './requests'
import { Suggestions } from './suggestions'
import { Tiers } from './tiers'

/**
 * Remembering: gate by salience, embed outside of any transaction, then write everything in one. Writes of one user happen one
 * after another (their row is locked), so a duplicate or a repeated idempotency key is seen even between two requests at once.
 */
@Injectable()
export class RememberService {
  constructor(
    private readonly sql: Sql,
    private readonly clock: Clock,
    private readonly gate: Gate,
    private readonly tiers: Tiers,
    private readonly requests: Requests,
    private readonly suggestions: Suggestions,
  ) {}

  /**
   * One result for each message, in order.
   * @throws ReverieError invalid_request for unknown `related` ids, conflict for an idempotency key used for something else
   */
  async remember(input: RememberInput): Promise<RememberAnswer> {
    const now = this.clock.now()
    const earlier = await this.requests.answered(input)
    if (earlier) return earlier
    await this.gate.checkRelated(input)
    const candidates = await this.gate.draft(input.user, await this.gate.hear(input, now), now)
    await this.gate.settle(input, candidates, now)
    const open = candidates.filter((c) => !c.result)
    const later = input.wait === false
    const before = open.length === 0 ? [] : await this.gate.turnsBefore(input, open[0]!)
    const vectors = later ? undefined : await this.tiers.prepare(textsOf(open, before, input.sessionId !== undefined))
    const { answer, complete } = await this.write(input, candidates, { before, vectors }, vectors === undefined && !later ? ['semantic'] : [], now)
    const degraded = await this.keepInMind(input, candidates, now)
    if (!complete) this.tiers.makeVectorsLater()
    return { ...answer, degraded: [...answer.degraded, ...degraded] }
  }

  /** Whether it is `complete` tells that no vector is left for later. */
  private async write(input: RememberInput, candidates: readonly Candidate[], made: Made, degraded: readonly string[], now: Date): Promise<{ answer: RememberAnswer; complete: boolean }> {
    return this.sql.transaction({ userId: input.user.id }, async () => {
      await this.gate.lockAndSettle(input, candidates, now)
      const earlier = await this.requests.answered(input)
      if (earlier) return { answer: earlier, complete: true }
      const open = candidates.filter((c) => !c.result)
      const fits = open.length === 0 || isDeepStrictEqual(await this.gate.turnsBefore(input, open[0]!), made.before)
      // A turn that was forgotten meanwhile must not stay in the scenes of these: they are made anew.
      const vectors = fits ? made.vectors : made.vectors?.filter((v) => v.head !== 'situation')
      const suggested = await this.suggest(input, open, vectors, now)
      const expiresAt = expiryOf(input, now, this.gate.settings.taskDays)
      await this.tiers.record(input.user, {
        now, sessionId: input.sessionId ?? null, project: input.project ?? null, related: input.related ?? [], collection: input.collection,
        vectors: vectors?.filter((v) => open.some((c) => c.id === v.traceId)),
        entries: open.map((c) => ({
          occurredAt: c.occurredAt, entities: c.entities,
          trace: (place) => traceOf(c, input, { id: c.id, place, occurredAt: c.occurredAt, createdAt: now, expiresAt, contentKey: c.contentKey }),
        })),
      })
      for (const c of open) c.result = { id: c.id, status: 'stored', salience: c.salience, reason: c.reason, ...(suggested.length > 0 ? { suggested } : {}) }
      const answer: RememberAnswer = { results: candidates.map((c) => c.result!), degraded }
      await this.requests.keep(input, answer, now)
      return { answer, complete: vectors !== undefined && fits }
    })
  }

  /** Only a note by itself is offered connections: a batch is an import, and whoever does not wait for vectors does not wait for this. */
  private async suggest(input: RememberInput, open: readonly Candidate[], vectors: readonly HeadVector[] | undefined, now: Date): Promise<Suggestion[]> {
    const [note] = open
    if (!note || input.messages.length > 1 || input.wait === false) return []
    const { id, contentKey, message } = note
    return this.suggestions.of(input.user, { id, content: message.content, contentKey, related: input.related ?? [], now }, vectors, this.tiers.model)
  }

  private async keepInMind(input: RememberInput, candidates: readonly Candidate[], now: Date): Promise<readonly string[]> {
    return this.tiers.keepInMind(input.user, candidates.filter((c) => c.result?.status === 'stored' || c.result?.status === 'focus_only').map((c) => ({
      id: c.id, content: c.message.content, role: c.role, speaker: c.message.speaker ?? null, sessionId: input.sessionId ?? null,
      weight: Math.max(0.1, c.salience), at: now, durable: c.result!.status === 'stored',
    })))
  }
}

/** Vectors that were made before the transaction, and the stored turns that their scenes show. */
interface Made {
  readonly before: readonly string[]
  readonly vectors: readonly HeadVector[] | undefined
}

/** The texts of new turns, each with the turns before it: stored ones, then those of the same call. */
function textsOf(open: readonly Candidate[], before: readonly string[], inSession: boolean): TraceText[] {
  let turns = before
  return open.map((c, i) => {
    const { content, speaker } = c.message
    if (i > 0 && !goesOn(open[i - 1]!.occurredAt, c.occurredAt)) turns = []
    const text = { id: c.id, speaker: speaker ?? null, role: c.role, content, occurredAt: c.occurredAt, names: c.entities.map((e) => e.name), before: turns }
    if (inSession) turns = [...turns, content].slice(-SCENE_TURNS)
    return text
  })
}
