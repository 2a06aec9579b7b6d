import { createZodDto } from 'nestjs-zod'
import { z } from 'zod'
import type { JsonObject, Trace } from '#episodic-memory'
import * as field from './fields'
import { said } from './learnt.dto'
import { iso, textOrNull } from './presenters'

/** From the smallest context to the largest; each has what the smaller ones have. */
export const TIERS = ['core', 'standard', 'full'] as const
/** What a fragment is where nothing is said of it. */
export const DEFAULTS = { priority: 50, agent_type: null, context_tier: 'standard', active: true } as const

const user_id = field.name().optional()
const fields = {
  category: field.name().nullable().optional(), tags: field.tags().optional(),
  priority: field.whole(0, 100).optional().describe(`The higher, the earlier in a prompt; default ${DEFAULTS.priority}.`),
  agent_type: field.name().nullable().optional().describe('For which agents; default: for all.'),
  context_tier: z.enum(TIERS).optional().describe('The smallest context that it is in; default standard.'), active: field.flag().optional(),
}

/** Bodies and query strings of `/memory/fragments`. */
export class FragmentDto extends createZodDto(z.strictObject({ user_id, content: field.content(), ...fields })) {}
export class FragmentPatchDto extends createZodDto(z.strictObject({ user_id, content: field.content().optional(), ...fields })) {}
export class FragmentsQueryDto extends createZodDto(z.strictObject({
  user_id, category: field.names().optional(), tags: field.wantedTags().optional().describe('All of them.'), agent_type: field.name().optional(),
  context_tier: z.enum(TIERS).optional(), active: field.flag().optional(), cursor: field.text(2_048).optional(), limit: field.whole(1, field.LIMITS.page).optional(),
})) {}

const Fragment = z.object({
  id: z.uuid(), content: z.string(), category: z.string().nullable(), tags: z.array(z.string()), priority: z.int(), agent_type: z.string().nullable(),
  context_tier: z.enum(TIERS), active: z.boolean(), created_at: z.iso.datetime(),
}).meta({ id: 'Fragment' })
export type FragmentAnswer = z.infer<typeof Fragment>
export class FragmentListDto extends createZodDto(z.object({ results: z.array(Fragment), next_cursor: z.string().nullable() })) {}

/** What a fragment's metadata say of it, as far as the caller did. */
export function fragmentMetadata({ priority, agent_type, context_tier, active }: Partial<Pick<FragmentPatchDto, keyof typeof DEFAULTS>>): JsonObject {
  return said({ priority, agent_type, context_tier, active })
}

export function presentFragment({ id, content, category, tags, metadata, createdAt }: Trace): FragmentAnswer {
  const { priority, agent_type: agent, context_tier: tier, active } = metadata
  return {
    id, content, category, tags: [...tags], priority: Number.isInteger(priority) ? Number(priority) : DEFAULTS.priority, agent_type: textOrNull(agent),
    context_tier: TIERS.find((one) => one === tier) ?? DEFAULTS.context_tier, active: typeof active === 'boolean' ? active : DEFAULTS.active, created_at: iso(createdAt),
  }
}
