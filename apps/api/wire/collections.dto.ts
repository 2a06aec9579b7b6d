import { createZodDto } from 'nestjs-zod'
import { z } from 'zod'
import type { Trace } from '#episodic-memory'
import { isCluster } from '#remember'
import * as field from './fields'

const user_id = field.name().optional()
const blank = 'must not be empty'
const words = (max: number): z.ZodString => field.text(max).refine((text) => text.trim() !== '', blank)
const fields = {
  description: words(4_096).nullable().optional(), collection_type: words(256).nullable().optional().describe('Free; "cluster" is what dreams find.'),
  topics: z.array(words(256)).max(field.LIMITS.tags).optional(), importance: field.fraction(0, 1).optional(),
}

/** Bodies and query strings of `/memory/collections`. */
export class CollectionDto extends createZodDto(z.strictObject({ user_id, name: words(256), ...fields, members: field.ids().optional().describe('Ids of memories.') })) {}
export class CollectionPatchDto extends createZodDto(z.strictObject({
  user_id, name: words(256).optional(), ...fields, add_members: field.ids().optional(), remove_members: field.ids().optional(),
})) {}
export class CollectionsQueryDto extends createZodDto(z.strictObject({
  user_id, collection_type: field.name().optional(), cursor: field.text(2_048).optional(), limit: field.whole(1, field.LIMITS.page).optional(),
})) {}

const listed = {
  id: z.uuid(), name: z.string(), description: z.string().nullable(), collection_type: z.string().nullable(), topics: z.array(z.string()),
  importance: z.number().nullable(), confidence: z.number(), origin: z.enum(['dream', 'caller']).describe('A cluster that a caller has amended is the caller\'s.'),
  member_count: z.int(), occurred_at: z.iso.datetime(), created_at: z.iso.datetime(),
}
const Collection = z.object(listed).meta({ id: 'Collection' })
type CollectionAnswer = z.infer<typeof Collection>
export class WholeCollectionDto extends createZodDto(z.object({ ...listed, members: z.array(z.uuid()).describe('The first to join first.') })) {}
export class CollectionListDto extends createZodDto(z.object({ results: z.array(Collection), next_cursor: z.string().nullable() })) {}

/** A cluster's text is its name and, one a line, its topics; another's is its name. */
export function presentCollection(trace: Trace, memberCount: number): CollectionAnswer {
  const { name, description, collection_type: type, topics, importance, origin } = trace.metadata
  const lines = isCluster(trace) ? trace.content.split('\n') : [trace.content]
  const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)
  return {
    id: trace.id, name: textOf(name) ?? lines[0]!, description: textOf(description), collection_type: textOf(type),
    topics: Array.isArray(topics) ? topics.map(String) : lines.slice(1), importance: typeof importance === 'number' ? importance : null,
    confidence: Math.round(trace.confidence * 1e6) / 1e6, origin: origin === 'dream' ? 'dream' : 'caller', member_count: memberCount,
    occurred_at: trace.occurredAt.toISOString(), created_at: trace.createdAt.toISOString(),
  }
}
