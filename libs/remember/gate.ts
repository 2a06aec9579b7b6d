import { Injectable } from '@nestjs/common'
import { type Json, Tombstones, TraceReader, UserStore } from '#episodic-memory'
import { invalid, newId, sessionUuid, type User } from '#kernel'
import { type Draft, draftOf } from './draft'
import { Echoes, type Heard } from './echoes'
import { Known } from './known'
import type { RememberInput, RememberResult } from './remember.types'
import { RememberSettings } from './settings'

/** A message on its way into the store; with a result it has arrived, or goes no further. */
export interface Candidate extends Draft {
  readonly id: string
  readonly occurredAt: Date
  readonly contentKey: Buffer
  /** The memory that this only repeats: recalled text fed back. */
  readonly echoOf?: string
  result?: RememberResult
}

/** Decides what is stored: not what is below the threshold, was forgotten, or is already there. */
@Injectable()
export class Gate {
  constructor(
    readonly settings: RememberSettings,
    private readonly known: Known,
    private readonly echoes: Echoes,
    private readonly tombstones: Tombstones,
    private readonly users: UserStore,
    private readonly reader: TraceReader,
  ) {}

  /** The messages without memories that were put into them; what is written as knowledge is taken as it is. */
  async hear({ user, messages, kind = 'episode' }: RememberInput, now: Date): Promise<Heard[]> {
    return kind === 'episode' ? this.echoes.hear(user, messages, now) : messages.map((message) => ({ message }))
  }

  /** Reads messages in the user's time zone. */
  async draft(user: User, heard: readonly Heard[], now: Date): Promise<Candidate[]> {
    const zone = (await this.users.get(user))?.timeZone ?? this.settings.timeZone
    return heard.map(({ message, echoOf }) => {
      const occurredAt = message.occurredAt ?? now
      const draft = draftOf(message, occurredAt, zone)
      return { ...draft, id: newId(now), occurredAt, contentKey: this.known.contentKey(draft.folded), ...(echoOf === undefined ? {} : { echoOf }) }
    })
  }

  /** @throws ReverieError invalid_request when a related id is not the user's */
  async checkRelated(input: RememberInput): Promise<void> {
    if (!input.related || input.related.length === 0) return
    const own = await this.reader.existing(input.user, input.related)
    const missing = input.related.find((id) => !own.has(id))
    if (missing) throw invalid('related', `no memory ${missing}`)
  }

  /** Gives a result to each candidate that is not to be stored. */
  async settle(input: RememberInput, candidates: readonly Candidate[], now: Date): Promise<void> {
    for (const c of candidates) {
      if (c.echoOf !== undefined) c.result = { id: c.echoOf, status: 'duplicate', salience: c.salience, duplicateOf: c.echoOf, reason: 'recalled text, which is stored already' }
      else if (c.salience < this.settings.salienceThreshold) c.result = { id: c.id, status: 'focus_only', salience: c.salience, reason: c.reason }
    }
    await this.settleForgotten(input, candidates)
    await this.settleDuplicates(input, candidates, now)
  }

  /** Which of these a tombstone keeps away. */
  async blocked(user: User, candidates: readonly Candidate[], source: Json | undefined): Promise<Set<Candidate>> {
    const blocked = await this.tombstones.block(user, candidates.map((c) => ({ content: c.message.content, source })))
    return new Set(candidates.filter((_, i) => blocked[i]))
  }

  /** Inside the transaction: makes the user's writes wait for each other, and looks again for what another request stored, or forgot, meanwhile. */
  async lockAndSettle(input: RememberInput, candidates: readonly Candidate[], now: Date): Promise<void> {
    await this.users.lock(input.user)
    await this.settleForgotten(input, candidates)
    await this.settleDuplicates(input, candidates, now)
  }

  async lock(user: User): Promise<void> {
    await this.users.lock(user)
  }

  /** The last turns of the session that these continue, oldest first. */
  async turnsBefore(input: RememberInput, first: Candidate): Promise<string[]> {
    return input.sessionId === undefined ? [] : this.known.lastTurns(input.user, sessionUuid(input.user.id, input.sessionId), first.occurredAt)
  }

  /** What was forgotten does not come into working memory either. */
  private async settleForgotten(input: RememberInput, candidates: readonly Candidate[]): Promise<void> {
    const kept = candidates.filter((c) => !c.result || c.result.status === 'focus_only')
    const blocked = await this.blocked(input.user, kept, input.source)
    for (const c of blocked) c.result = { id: null, status: 'blocked', salience: c.salience, reason: 'this was forgotten and is kept away' }
  }

  /** A duplicate answers the first of its kind: a stored one, or one earlier in the same call. */
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
}
