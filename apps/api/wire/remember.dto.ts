import { createZodDto } from 'nestjs-zod'
import { z } from 'zod'
import type { Json, JsonObject } from '#episodic-memory'
import { invalid, type User } from '#kernel'
import type { Correction, MessageInput, RememberInput } from '#remember'
import { pick } from './aliases'
import * as field from './fields'
import { instantOf } from './instants'

const importance = (): ReturnType<typeof field.fraction> => field.fraction(0, 1)

/** What each message may say of itself. */
const aboutMessage = {
  role: field.text(64).optional().describe('Who said it: user (default), assistant, system, tool, or any other.'),
  speaker: field.name().optional().describe('Name of the person who said it.'),
  occurred_at: field.instant().optional().describe('When it happened; default: now.'),
  metadata: field.metadata().optional(),
  importance: importance().optional().describe('0..1; overrides the salience that is worked out.'),
  importance_score: importance().optional().meta({ deprecated: true, description: 'Older name of importance.' }),
  tags: field.tags().optional(),
}

const Message = z.strictObject({ content: field.content(), ...aboutMessage }).meta({ id: 'Message' })

const Remember = z.strictObject({
  user_id: field.name().optional(),
  content: field.content().optional(),
  messages: z.array(Message).min(1).max(field.LIMITS.messages).optional().describe('Instead of content: many, in order, in one transaction.'),
  ...aboutMessage,
  agent_id: field.name().optional(),
  session_id: field.name().optional(),
  run_id: field.name().optional().describe('Another name of session_id.'),
  project: field.name().optional(),
  retention: field.retention().optional().describe('personal (default) and project are kept; task expires after MEMORY_TASK_DAYS.'),
  memory_type: field.retention().optional().meta({ deprecated: true, description: 'Older name of retention.' }),
  kind: field.kind().optional(),
  category: field.name().optional(),
  source: field.free().optional().describe('Where it came from, in whatever form.'),
  related: field.ids().optional().describe('Memories that it is connected to.'),
  confidence: field.fraction(0, 1).optional(),
  expires_at: field.instant().optional(),
  collection: field.name().optional(),
  wait: field.flag().optional().describe('true (default): vectors are stored before the answer; false: they follow.'),
})

/** Body of `POST /memory`. */
export class RememberDto extends createZodDto(Remember) {}

const Patch = z.strictObject({
  user_id: field.name().optional(),
  content: field.content().optional().describe('Makes a successor, which is answered; the old one is kept in the history.'),
  metadata: field.metadata().optional(),
  category: field.name().nullable().optional(),
  tags: field.tags().optional(),
  retention: field.retention().optional(),
  memory_type: field.retention().optional().meta({ deprecated: true, description: 'Older name of retention.' }),
  importance: importance().optional(),
  importance_score: importance().optional().meta({ deprecated: true, description: 'Older name of importance.' }),
  confidence: field.fraction(0, 1).optional(),
})

/** Body of `PATCH /memory/:id`. */
export class PatchDto extends createZodDto(Patch) {}

type About = Pick<RememberDto, 'role' | 'speaker' | 'occurred_at' | 'metadata' | 'importance' | 'importance_score' | 'tags'>

/** Times of a body that may be dates. */
export function timesOf(body: RememberDto): (string | undefined)[] {
  return [body.occurred_at, body.expires_at, ...(body.messages ?? []).map((message) => message.occurred_at)]
}

/**
 * What a body asks to remember. What stands beside `messages` holds for each that does not say otherwise; tags and metadata add up.
 * @param zone where dates without a time begin
 * @throws ReverieError invalid_request
 */
export function toRememberInput(body: RememberDto, user: User, zone: string, idempotencyKey?: string): RememberInput {
  if (body.content !== undefined && body.messages) throw invalid('messages', 'stands instead of content, not beside it')
  if (body.content === undefined && !body.messages) throw invalid('content', 'is required, or messages')
  const messages = body.messages
    ? body.messages.map((message, i) => toMessage(message.content, message, body, zone, `messages[${i}].`))
    : [toMessage(body.content!, body, {}, zone, '')]
  return {
    user,
    messages,
    agentId: body.agent_id,
    sessionId: pick(body, 'session_id', 'run_id'),
    project: body.project,
    retention: pick(body, 'retention', 'memory_type'),
    kind: body.kind,
    category: body.category,
    source: body.source as Json | undefined,
    related: body.related,
    confidence: body.confidence,
    expiresAt: body.expires_at === undefined ? undefined : instantOf(body.expires_at, zone),
    collection: body.collection,
    wait: body.wait ?? true,
    idempotencyKey,
  }
}

function toMessage(content: string, own: About, beside: About, zone: string, path: string): MessageInput {
  const occurredAt = own.occurred_at ?? beside.occurred_at
  const metadata: JsonObject | undefined = own.metadata || beside.metadata ? { ...beside.metadata, ...own.metadata } : undefined
  const tags = own.tags || beside.tags ? [...new Set([...(beside.tags ?? []), ...(own.tags ?? [])])] : undefined
  const fault = field.freeValueFault(metadata ?? {})
  if (fault) throw invalid(`${path}metadata`, fault)
  if (tags && tags.length > field.LIMITS.tags) throw invalid(`${path}tags`, `must have at most ${field.LIMITS.tags} entries`)
  return {
    content,
    role: own.role ?? beside.role,
    speaker: own.speaker ?? beside.speaker,
    occurredAt: occurredAt === undefined ? undefined : instantOf(occurredAt, zone),
    metadata,
    importance: pick(own, 'importance', 'importance_score') ?? pick(beside, 'importance', 'importance_score'),
    tags,
  }
}

/**
 * What a PATCH changes.
 * @throws ReverieError invalid_request when that is nothing
 */
export function toCorrection(body: PatchDto): Correction {
  const correction: Correction = {
    content: body.content,
    metadata: body.metadata,
    category: body.category,
    tags: body.tags,
    retention: pick(body, 'retention', 'memory_type'),
    importance: pick(body, 'importance', 'importance_score'),
    confidence: body.confidence,
  }
  if (Object.values(correction).every((value) => value === undefined)) {
    throw invalid('body', 'must change something: content, metadata, category, tags, retention, importance or confidence')
  }
  return correction
}

/** @throws ReverieError invalid_request when the header is none to keep */
export function idempotencyKeyOf(header: string | undefined): string | undefined {
  if (header !== undefined && !/^[\x20-\x7e]{1,256}$/.test(header)) throw invalid('Idempotency-Key', 'must have 1 to 256 printable ASCII characters')
  return header
}
