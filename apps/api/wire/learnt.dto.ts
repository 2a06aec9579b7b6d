import { createZodDto } from 'nestjs-zod'
import { z } from 'zod'
import type { Json, JsonObject, Trace } from '#episodic-memory'
import * as field from './fields'
import { iso, originOf, sixPlaces, textOrNull } from './presenters'

const PATTERN_KINDS = ['preference', 'workflow', 'decision'] as const
const user_id = field.name().optional()
const confidence = field.fraction(0, 1).optional().describe('0..1; default 1.')
const preference = { value: field.words(1_024), confidence, source: field.name().optional().describe('Where it is known from.') }
const pattern = {
  kind: z.enum(PATTERN_KINDS), content: field.words(4_096), frequency: field.whole(1, 1_000_000_000).optional().describe('How often it was seen; default 1.'),
  confidence, examples: z.array(field.words(1_024)).max(5).optional(),
}

/** Bodies of `POST` and `PATCH` of `/memory/preferences` and `/memory/patterns`. */
export class PreferenceDto extends createZodDto(z.strictObject({ user_id, key: field.words(256).describe('What it is about.'), ...preference })) {}
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

/** What a preference says to recall. */
export const preferenceText = (key: string, value: string): string => `${key}: ${value}`

/** Metadata that say what a caller did, and no more. */
export function said(fields: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, Json] => entry[1] !== undefined))
}

/** Something learnt, with what it was learnt from. */
export interface Learning {
  readonly trace: Trace
  readonly sources: readonly Trace[]
}

export function presentPreference({ trace, sources }: Learning): PreferenceAnswer {
  const { key, value, source } = trace.metadata
  return { ...shown(trace, sources), key: textOrNull(key) ?? trace.content, value: textOrNull(value) ?? trace.content, holder: trace.speaker, source: textOrNull(source) }
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
    id: trace.id, content: trace.content, confidence: sixPlaces(trace.confidence), origin: originOf(trace),
    sources: sources.map((one) => one.id), occurred_at: iso(trace.occurredAt), created_at: iso(trace.createdAt),
  }
}
