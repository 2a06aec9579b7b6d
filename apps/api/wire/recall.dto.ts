import { createZodDto } from 'nestjs-zod'
import { z } from 'zod'
import type { TraceFilter } from '#episodic-memory'
import { invalid, type User } from '#kernel'
import { parseTimeWindow, type RecallInput } from '#recall'
import { pick } from './aliases'
import { decodeCursor } from './cursors'
import * as field from './fields'
import { parseFilters } from './filters'
import { instantOf } from './instants'

const k = (): ReturnType<typeof field.whole> => field.whole(1, 200)

/** Which memories are meant, wherever some of a user's are: in recall, in lists, and in scopes of forget. */
export const narrowing = {
  session_id: field.name().optional(),
  run_id: field.name().optional().describe('Another name of session_id.'),
  project: field.name().optional(),
  agent_id: field.name().optional(),
  retention: field.retentions().optional(),
  memory_type: field.retentions().optional().meta({ deprecated: true, description: 'Older name of retention.' }),
  kind: field.kinds().optional(),
  tags: field.wantedTags().optional().describe('All of them.'),
}
const filter = { ...narrowing, category: field.names().optional() }

export const question = {
  user_id: field.name().optional(),
  q: field.question().optional().describe('The question, in any words.'),
  query: field.question().optional().describe('Another name of q.'),
  k: k().optional().describe('How many; default MEMORY_K.'),
  top_k: k().optional().describe('Another name of k.'),
  limit: k().optional().describe('Another name of k.'),
  heads: field.heads().optional(),
  time_window: field.text(128).optional()
    .describe('When it happened: 7d, 24h, 2025-05, 2025-05-01..2025-05-31; dates are those of the user, and inclusive.'),
  ...filter,
  threshold: field.fraction(0, 1).optional(),
  hops: field.whole(0, 2).optional().describe('How far edges are followed; default 1.'),
  explain: field.flag().optional().describe('Whether each score is explained.'),
  as_of: field.instant().optional().describe('What would have been recalled then, from what was recorded and current then; not in the future.'),
  reference_date: field.instant().optional().describe('What counts as now for the time window and for recency; default as_of, or now.'),
  max_tokens: field.whole(1, 10_000_000).optional(),
  include_superseded: field.flag().optional(),
  reinforce: field.flag().optional().describe('Whether what is recalled gets stronger; default: true for POST, false for GET.'),
}
export const filters = z.record(z.string(), z.unknown()).optional()
  .describe('{ "AND": [ { "metadata.emotion": "fear" }, { "metadata.intensity": { "gte": 0.5 } } ] }')

/** Query string of `GET /memory/recall`. */
export class RecallQueryDto extends createZodDto(z.strictObject(question)) {}
/** Body of `POST /memory/recall`. */
export class RecallDto extends createZodDto(z.strictObject({ ...question, filters })) {}
/** Body of the older `POST /memory/search`. */
export class SearchDto extends createZodDto(z.strictObject({ ...question, filters, n_results: k().optional().describe('Older name of k.') })) {}

/** Query string of `GET /memory`. */
export class ListQueryDto extends createZodDto(z.strictObject({
  user_id: field.name().optional(), ...filter, cursor: field.text(2_048).optional(), limit: field.whole(1, field.LIMITS.page).optional(),
})) {}

/** The fields in which recall, search and scopes of forget agree. */
export type FilterFields = Pick<RecallDto, keyof typeof filter> & { filters?: unknown }

/** @throws ReverieError invalid_request */
export function toTraceFilter(fields: FilterFields, zone: string): TraceFilter {
  return {
    sessionId: pick(fields, 'session_id', 'run_id'),
    project: fields.project,
    agentId: fields.agent_id,
    retention: pick(fields, 'retention', 'memory_type'),
    kind: fields.kind,
    category: fields.category,
    tags: fields.tags,
    expression: fields.filters === undefined ? undefined : parseFilters(fields.filters, zone),
  }
}

/** What depends on more than the request. */
export interface RecallDefaults {
  readonly k: number
  readonly reinforce: boolean
  /** Where dates without a time begin. */
  readonly zone: string
  readonly now: Date
}

/** @throws ReverieError invalid_request */
export function toRecallInput(asked: RecallDto & { n_results?: number }, user: User, defaults: RecallDefaults): RecallInput {
  const query = pick(asked, 'q', 'query')
  if (query === undefined) throw invalid('q', 'is required')
  // Recall reads the window in the user's time zone; whether it can be read does not depend on that.
  if (asked.time_window !== undefined) parseTimeWindow(asked.time_window, defaults.now, 'UTC')
  const instant = (text: string | undefined): Date | undefined => (text === undefined ? undefined : instantOf(text, defaults.zone))
  const asOf = instant(asked.as_of)
  if (asOf !== undefined && asOf > defaults.now) throw invalid('as_of', 'must not lie in the future')
  return {
    user,
    query,
    k: pick(asked, 'k', 'top_k', 'limit', 'n_results') ?? defaults.k,
    heads: asked.heads && [...new Set(asked.heads)],
    filter: toTraceFilter(asked, defaults.zone),
    timeWindow: asked.time_window,
    threshold: asked.threshold ?? 0,
    hops: (asked.hops ?? 1) as 0 | 1 | 2,
    explain: asked.explain ?? false,
    asOf,
    referenceDate: instant(asked.reference_date),
    maxTokens: asked.max_tokens,
    includeSuperseded: asked.include_superseded ?? false,
    reinforce: asked.reinforce ?? defaults.reinforce,
  }
}

const PAGE = 50

/** The page that a list asks for. */
export function pageOf(query: { cursor?: string; limit?: number }, of: 'name' | 'id' = 'name'): { cursor?: string; limit: number } {
  return { cursor: decodeCursor(query.cursor, of), limit: query.limit ?? PAGE }
}
