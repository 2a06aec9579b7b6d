import { type NewTrace, traceWords } from '#episodic-memory'
import { DAY_MS } from '#kernel'
import { type Entity, entities, fold, isFiller } from '#language'
import { flagged } from './flags'
import { salienceOf } from './salience'
import type { MessageInput, RememberInput } from './remember.types'

/** What a message says, worked out before anything is stored. */
export interface Draft {
  readonly message: MessageInput
  readonly role: string
  readonly salience: number
  readonly reason: string
  readonly terms: ReadonlyMap<string, number>
  readonly words: number
  readonly tells: number
  readonly entities: readonly Entity[]
  /** Folded content: equal for duplicates. */
  readonly folded: string
}

/** Reads a message: its words, who and what is named, how much it matters. Pure. */
export function draftOf(message: MessageInput, occurredAt: Date, timeZone: string): Draft {
  const named = entities(message.content)
  const own = traceWords(message.content, message.speaker ?? null, occurredAt, timeZone, named)
  const role = message.role ?? 'user'
  const measured = salienceOf({
    filler: isFiller(message.content),
    words: own.words,
    entities: named.length,
    hasNumber: /\p{N}/u.test(message.content),
    isQuestion: /[?？]\s*$/u.test(message.content),
    byAssistant: role === 'assistant',
  })
  const given = message.importance
  return {
    message, role, ...own, entities: message.speaker === undefined ? named : entities(message.content, message.speaker), folded: fold(message.content),
    salience: given ?? measured.value,
    reason: given === undefined ? measured.reason : 'importance given by the caller',
  }
}

/** When a task memory expires: `taskDays` after it was recorded, or earlier when the caller said so. */
export function expiryOf(input: Pick<RememberInput, 'retention' | 'expiresAt'>, createdAt: Date, taskDays: number): Date | null {
  const own = input.retention === 'task' ? new Date(createdAt.getTime() + taskDays * DAY_MS) : null
  if (!input.expiresAt) return own
  return own && own < input.expiresAt ? own : input.expiresAt
}

/** The stored form of a draft. */
export function traceOf(draft: Draft, input: Omit<RememberInput, 'messages' | 'user'>, at: {
  id: string; place: number; occurredAt: Date; createdAt: Date; expiresAt: Date | null; contentKey: Buffer
}): NewTrace {
  const m = draft.message
  return {
    ...at,
    kind: input.kind ?? 'episode',
    role: draft.role,
    speaker: m.speaker ?? null,
    content: m.content,
    retention: input.retention ?? 'personal',
    sessionId: input.sessionId ?? null,
    project: input.project ?? null,
    agentId: input.agentId ?? null,
    salience: draft.salience,
    salienceGiven: m.importance !== undefined,
    confidence: input.confidence ?? 1,
    category: input.category ?? null,
    tags: [...new Set(m.tags ?? [])],
    source: input.source ?? null,
    metadata: flagged(m.metadata ?? {}, m.content, input.kind ?? 'episode'),
    dated: m.occurredAt !== undefined,
    terms: draft.terms,
    words: draft.words,
    tells: draft.tells,
  }
}
