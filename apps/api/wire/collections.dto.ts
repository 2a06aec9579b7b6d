import { createZodDto } from 'nestjs-zod'
import { z } from 'zod'
import type { Trace } from '#episodic-memory'
import { isCluster } from '#remember'
import * as field from './fields'
import { iso, originOf, sixPlaces, textOrNull } from './presenters'

const user_id = field.name().optional()
const fields = {
  description: field.words(4_096).nullable().optional(), collection_type: field.words(256).nullable().optional().describe('Free; "cluster" is what dreams find.'),
  topics: z.array(field.words(256)).max(field.LIMITS.tags).optional(), importance: field.fraction(0, 1).optional(),
}

/** Bodies and query strings of `/memory/collections`. */
export class CollectionDto extends createZodDto(z.strictObject({ user_id, name: field.words(256), ...fields, members: field.ids().optional().describe('Ids of memories.') })) {}
export class CollectionPatchDto extends createZodDto(z.strictObject({
  user_id, name: field.words(256).optional(), ...fields, add_members: field.ids().optional(), remove_members: field.ids().optional(),
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
  const { name, description, collection_type: type, topics, importance } = trace.metadata
  const lines = isCluster(trace) ? trace.content.split('\n') : [trace.content]
  return {
    id: trace.id, name: textOrNull(name) ?? lines[0]!, description: textOrNull(description), collection_type: textOrNull(type),
    topics: Array.isArray(topics) ? topics.map(String) : lines.slice(1), importance: typeof importance === 'number' ? importance : null,
    confidence: sixPlaces(trace.confidence), origin: originOf(trace), member_count: memberCount,
    occurred_at: iso(trace.occurredAt), created_at: iso(trace.createdAt),
  }
}
