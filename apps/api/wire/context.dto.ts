import { createZodDto } from 'nestjs-zod'
import { z } from 'zod'
import * as field from './fields'
import { TIERS } from './fragments.dto'
import { filters, question } from './recall.dto'

/** Body of `POST /memory/context`. */
export class ContextDto extends createZodDto(z.strictObject({
  ...question, filters,
  context_tier: z.enum(TIERS).optional().describe('Which fragments: those of this tier and of smaller ones; default standard.'),
  agent_type: field.name().optional().describe('Fragments for such agents, beside those for all; default: only those for all.'),
  max_tokens: field.whole(1, 10_000_000).optional().describe('Of the whole prompt, about four characters each. Fragments come first, by priority, then the best memories that fit.'),
})) {}

export class ContextAnswerDto extends createZodDto(z.object({
  prompt: z.string().describe('Fragments, then memories inside a fence that nothing in them can close.'),
  memories: z.array(z.uuid()).describe('Those in the prompt, in order.'),
  fragments: z.array(z.uuid()).describe('Those in the prompt, in order.'),
  tokens: z.int(),
  degraded: z.array(z.string()),
})) {}
