import { createZodDto } from 'nestjs-zod'
import { z } from 'zod'
import { HEADS, KINDS, RETENTIONS } from '#episodic-memory'
import { ForgetCounts } from '#forget'

// Answers as OpenAPI shows them. Presenters have these types, so the compiler holds the two together; nothing is checked at run time.

const time = z.iso.datetime()
const unit = z.number().min(0).max(1)
const shares = z.object(Object.fromEntries(
  ['semantic', 'entity', 'situation', 'lexical', 'focus', 'graph', 'recency', 'salience', 'strength'].map((signal) => [signal, z.number()]),
) as Record<'semantic' | 'entity' | 'situation' | 'lexical' | 'focus' | 'graph' | 'recency' | 'salience' | 'strength', z.ZodNumber>)

const memory = {
  id: z.uuid(),
  content: z.string(),
  kind: z.enum(KINDS),
  role: z.string(),
  speaker: z.string().nullable(),
  retention: z.enum(RETENTIONS),
  session_id: z.string().nullable(),
  project: z.string().nullable(),
  agent_id: z.string().nullable(),
  category: z.string().nullable(),
  tags: z.array(z.string()),
  metadata: z.record(z.string(), z.unknown()),
  salience: unit,
  confidence: unit,
  access_count: z.int(),
  last_accessed_at: time.nullable(),
  occurred_at: time,
  created_at: time,
  tier: z.enum(['focus', 'hot', 'warm', 'cold', 'graph']),
  source: z.unknown().optional(),
  expires_at: time.optional(),
  triple: z.object({ subject: z.string(), predicate: z.string(), object: z.string(), negated: z.boolean().optional() }).optional().describe('What a fact of the dream says.'),
  valid_from: time.optional().describe('From when on a fact holds.'),
  valid_until: time.optional().describe('When a correction, or a newer fact, closed it.'),
  pruned_at: time.optional().describe('When a dream let it leave recall: a task of low salience that nobody recalls. Undoing the dream brings it back.'),
  superseded_by: z.uuid().optional(),
}
const walked = { src: z.uuid(), dst: z.uuid(), type: z.string(), weight: z.number() }
const forgotten = ForgetCounts.meta({ id: 'ForgetCounts' })
const cursor = z.string().nullable().describe('Where the next page begins; null on the last one.')

/** A schema that a list's answer named, for an answer that is one of its elements. */
type Single = 'Memory' | 'Session' | 'User' | 'Dream' | 'Preference' | 'Pattern' | 'Fragment'
export const only = (name: Single): { schema: { $ref: string } } => ({ schema: { $ref: `#/components/schemas/${name}` } })

const Memory = z.object(memory).meta({ id: 'Memory' })
export type MemoryAnswer = z.infer<typeof Memory>
export class MemoryListDto extends createZodDto(z.object({ results: z.array(Memory), next_cursor: cursor })) {}

export class RememberAnswerDto extends createZodDto(z.object({
  results: z.array(z.object({
    id: z.uuid().nullable(),
    status: z.enum(['stored', 'duplicate', 'focus_only', 'blocked']),
    salience: unit,
    reason: z.string().optional(),
    duplicate_of: z.uuid().optional(),
    suggested: z.array(z.object({ id: z.uuid(), content: z.string(), score: unit, type: z.string() })).optional(),
  })),
  degraded: z.array(z.string()),
})) {}

const Recalled = z.object({
  ...memory, score: unit, scores: shares.optional().describe('With explain: shares that sum to score.'), edges: z.array(z.object(walked)).optional(),
}).meta({ id: 'RecalledMemory' })
export class RecallAnswerDto extends createZodDto(z.object({
  results: z.array(Recalled),
  took_ms: z.number(),
  timings: z.record(z.string(), z.number()).optional(),
  degraded: z.array(z.string()),
  basis: z.array(z.string()).optional()
    .describe('Only when the question holds nothing to search by (stop words alone): the signals that ordered the answer instead.'),
  held_back: z.array(z.object({ id: z.uuid(), reason: z.string() })).optional(),
})) {}

export class ForgetAnswerDto extends createZodDto(z.object({
  forgotten,
  ids: z.array(z.uuid()),
  tombstones: z.array(z.uuid()),
  receipt: z.object({ id: z.uuid(), at: time, digest: z.string(), purged: z.boolean() }),
})) {}
export class ForgetPreviewDto extends createZodDto(z.object({
  dry_run: z.literal(true),
  count: z.int(),
  candidates: z.array(z.object({
    id: z.uuid(), content: z.string(), kind: z.enum(KINDS), score: z.number().optional(), because: z.enum(['match', 'similar', 'derived']),
  })),
  preview_token: z.string(),
  next_cursor: z.string().optional().describe('When there are more than the 1,000 that are shown; the token is of all.'),
})) {}
const Receipt = z.object({
  id: z.uuid(), at: time, forgotten, previous: z.string().nullable().describe('Digest of the user\'s receipt before; null for the first.'),
  digest: z.string().describe('SHA-256 of the JSON [id, at, forgotten, previous], in hex.'),
  purged: z.boolean().describe('Whether the bytes of what was erased are gone, too.'),
})
export class ReceiptDto extends createZodDto(Receipt) {}
export class PurgeDto extends createZodDto(z.object({
  purged: z.int().describe('Receipts that say so from now on.'),
  steps: z.array(z.object({
    name: z.enum(['pages', 'log', 'focus']), ms: z.int(), did: z.array(z.string()),
    error: z.string().nullable().describe('Why it broke off; then no receipt says so, and it is tried again every night.'),
  })).describe('What was done; nothing where nothing was erased since the last time.'),
})) {}
export class ReceiptListDto extends createZodDto(z.object({ results: z.array(Receipt), next_cursor: cursor })) {}

const edge = z.object({
  ...walked, ts: time, meta: z.record(z.string(), z.unknown()).optional().describe('Of mentions: the names that were used; of similar memories: what matched, and how.'),
})
export class EdgeDto extends createZodDto(edge) {}
export class EdgesDto extends createZodDto(z.object({ edges: z.array(edge) })) {}
export class GraphDto extends createZodDto(z.object({
  nodes: z.array(Memory.extend({ depth: z.int().describe('Edges between it and the center; 0 without one.') })),
  edges: z.array(edge),
})) {}
export class DisconnectedDto extends createZodDto(z.object({ removed: z.int().describe('How many edges there were.') })) {}
export class FocusDto extends createZodDto(z.object({
  results: z.array(z.object({
    id: z.uuid(), content: z.string(), role: z.string(), speaker: z.string().nullable(), session_id: z.string().nullable(), weight: unit, at: time,
    durable: z.boolean(),
  })),
  next_cursor: cursor,
})) {}

const Session = z.object({
  session_id: z.string(), project: z.string().nullable(), started_at: time, ended_at: time, duration_seconds: z.number(), message_count: z.int(),
  topics: z.array(z.string()), importance: z.number().nullable(), summary: z.string().nullable(),
}).meta({ id: 'Session' })
export type SessionAnswer = z.infer<typeof Session>
export class SessionListDto extends createZodDto(z.object({ results: z.array(Session), next_cursor: cursor })) {}
export class ProjectDto extends createZodDto(z.object({
  project: z.string(), memory_count: z.int(), session_ids: z.array(z.string()), first_at: time, last_at: time,
})) {}

const User = z.object({ user_id: z.string(), time_zone: z.string().describe('The one in force.'), created_at: time }).meta({ id: 'User' })
export type UserAnswer = z.infer<typeof User>
export class UserListDto extends createZodDto(z.object({ results: z.array(User), next_cursor: cursor })) {}

const counts = z.record(z.string(), z.int())
export class StatsDto extends createZodDto(z.object({
  total: z.int(), by_kind: counts, dreamt: counts.describe('What dreams made, by kind.'), by_retention: counts, by_category: counts,
  average_salience: z.number().nullable(), accesses: z.int(), latest_at: time.nullable(),
})) {}
export class AnalyticsDto extends createZodDto(z.object({
  recalls: z.int().describe('How many the log keeps: the newest thousand.'), since: time.nullable(), empty: z.int().describe('Those that found nothing.'),
  average_results: z.number().nullable(), ms: z.object({ p50: z.number().nullable(), p95: z.number().nullable() }), tiers: counts,
  latest: z.array(z.object({
    at: time, query: z.string().nullable().describe('Null unless RECALL_LOG_TEXT is on, and after something was forgotten.'), results: z.int(), ms: z.number(), tiers: counts,
  })),
})) {}
export class StatusDto extends createZodDto(z.object({
  backend: z.enum(['postgresql', 'embedded']),
  counts: z.object({ traces: z.int(), embeddings: z.int(), edges: z.int(), users: z.int(), sessions: z.int() }),
  partitions: z.array(z.object({ name: z.string(), from: z.string(), until: z.string(), tier: z.enum(['hot', 'warm', 'cold']) })),
  embedding: z.object({ model: z.string(), dim: z.int(), precision: z.enum(['fp16', 'fp32']), heads: z.array(z.enum(HEADS)) }),
  focus: z.object({
    backend: z.enum(['redis', 'in-process']), items: z.int().nullable().describe('Null when working memory cannot be reached.'), max_items: z.int(), ttl_seconds: z.int(),
  }),
  queue: z.object({
    backend: z.enum(['redis', 'postgresql', 'embedded']),
    waiting: z.int().describe('Memories whose vectors are still to be made.'),
    jobs: z.object({ waiting: z.int(), active: z.int(), delayed: z.int(), failed: z.int() }).nullable().describe('null: the queue does not answer.'),
    warnings: z.array(z.string()),
  }),
  limits: z.object({
    requests_per_minute: z.int().nullable().describe('Most requests of one key; null: no limit.'),
    backend: z.enum(['redis', 'in-process']).describe('Where they are counted.'),
    reachable: z.boolean().describe('false: nothing is counted, and every request passes.'),
  }),
  maintenance: z.object({
    at: time,
    steps: z.array(z.object({
      name: z.string(), ms: z.int(), did: z.array(z.string()).describe('What it changed.'), error: z.string().nullable().describe('Why it broke off.'),
    })),
  }).nullable().describe('The last time that the store was maintained; null: never.'),
  version: z.string(),
})) {}
export class HealthDto extends createZodDto(z.object({
  status: z.enum(['ok', 'degraded']),
  version: z.string(),
  backend: z.enum(['postgresql', 'embedded']),
  uptime_seconds: z.number(),
  vector_extension: z.string().nullable(),
  vector_query_ms: z.number().nullable(),
  counts: z.object({ traces: z.int().describe('Without entities and collections that callers made.') }).nullable(),
  focus: z.object({ backend: z.enum(['redis', 'in-process']), reachable: z.boolean() }),
  disk: z.object({ free_bytes: z.int().min(0), reserve_bytes: z.int().min(0) }).nullable()
    .describe('Of the embedded store: with less free than the reserve nothing is stored, and the status is degraded'),
})) {}
export class ReadyDto extends createZodDto(z.object({ status: z.literal('ready') })) {}

export class ErrorDto extends createZodDto(z.object({
  error: z.object({
    code: z.enum(['invalid_request', 'unauthenticated', 'forbidden', 'not_found', 'conflict', 'stale_preview', 'too_large', 'unprocessable',
    'rate_limited', 'internal', 'unavailable']),
    message: z.string(),
    details: z.record(z.string(), z.unknown()).optional(),
    request_id: z.string(),
  }),
})) {}
