import { createZodDto } from 'nestjs-zod'
import { z } from 'zod'
import type { Trace } from '#episodic-memory'
import * as field from './fields'

const PATTERN_KINDS = ['preference', 'workflow', 'decision'] as const
const user_id = field.name().optional()
const words = (max: number): z.ZodString => field.text(max).refine((text) => text.trim() !== '', 'must not be empty')
const preference = { value: words(1_024), confidence: field.fraction(0, 1).optional().describe('0..1; default 1.'), source: field.name().optional().describe('Where it is known from.') }
const pattern = {
  kind: z.enum(PATTERN_KINDS), content: words(4_096), frequency: field.whole(1, 1_000_000_000).optional().describe('How often it was seen; default 1.'),
  confidence: field.fraction(0, 1).optional().describe('0..1; default 1.'), examples: z.array(words(1_024)).max(5).optional(),
}

/** Bodies of `POST` and `PATCH` of `/memory/preferences` and `/memory/patterns`. */
export class PreferenceDto extends createZodDto(z.strictObject({ user_id, key: words(256).describe('What it is about.'), ...preference })) {}
export class PreferencePatchDto extends createZodDto(z.strictObject({ user_id, ...preference, value: preference.value.optional() })) {}
export class PatternDto extends createZodDto(z.strictObject({ user_id, ...pattern })) {}
export class PatternPatchDto extends createZodDto(z.strictObject({ user_id, ...pattern, kind: pattern.kind.optional(), content: pattern.content.optional() })) {}

const about = {
  id: z.uuid(), content: z.string(), confidence: z.number(), origin: z.enum(['dream', 'caller']), sources: z.array(z.uuid()).describe('Memories that a dream has it from.'),
  occurred_at: z.iso.datetime(), created_at: z.iso.datetime(),
}
const Preference = z.object({ ...about, key: z.string(), value: z.string(), holder: z.string().nullable().describe('Who has it, where a dream found it.'), source: z.string().nullable() })
  .meta({ id: 'Preference' })
const Pattern = z.object({
  ...about, kind: z.enum(PATTERN_KINDS), frequency: z.int(), examples: z.array(z.string()).describe("As a caller gave them, or a dream's sources: five at most."),
}).meta({ id: 'Pattern' })
const next_cursor = z.string().nullable()
export type PreferenceAnswer = z.infer<typeof Preference>
export type PatternAnswer = z.infer<typeof Pattern>
export class PreferenceListDto extends createZodDto(z.object({ results: z.array(Preference), next_cursor })) {}
export class PatternListDto extends createZodDto(z.object({ results: z.array(Pattern), next_cursor })) {}
export const answer = (name: 'Preference' | 'Pattern' | 'Fragment'): { schema: { $ref: string } } => ({ schema: { $ref: `#/components/schemas/${name}` } })

/** What a preference says to recall. */
export const preferenceText = (key: string, value: string): string => `${key}: ${value}`

/** Something learnt, with what it was learnt from. */
export interface Learning {
  readonly trace: Trace
  readonly sources: readonly Trace[]
}

export function presentPreference({ trace, sources }: Learning): PreferenceAnswer {
  const { key, value, source } = trace.metadata
  return { ...shown(trace, sources), key: textOf(key) ?? trace.content, value: textOf(value) ?? trace.content, holder: trace.speaker, source: textOf(source) ?? null }
}

export function presentPattern({ trace, sources }: Learning): PatternAnswer {
  const { kind, frequency, examples } = trace.metadata
  return {
    ...shown(trace, sources), kind: PATTERN_KINDS.find((one) => one === kind) ?? 'workflow', frequency: typeof frequency === 'number' ? frequency : 1,
    examples: Array.isArray(examples) ? examples.map(String) : sources.slice(0, 5).map((one) => one.content),
  }
}

function shown(trace: Trace, sources: readonly Trace[]): Pick<PreferenceAnswer, keyof typeof about> {
  return {
    id: trace.id, content: trace.content, confidence: Math.round(trace.confidence * 1e6) / 1e6, origin: trace.metadata.origin === 'dream' ? 'dream' : 'caller',
    sources: sources.map((one) => one.id), occurred_at: trace.occurredAt.toISOString(), created_at: trace.createdAt.toISOString(),
  }
}

/** Callers may remember such kinds by `POST /memory`, too, with any metadata. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
