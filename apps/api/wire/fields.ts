import { z } from 'zod'
import { HEADS, type JsonObject, KINDS, RETENTIONS } from '#episodic-memory'
import { isInstant } from './instants'

/** API.md's limits. Sizes in bytes are those of UTF-8. */
export const LIMITS = {
  contentBytes: 512 * 1024,
  queryBytes: 8 * 1024,
  metadataBytes: 16 * 1024,
  metadataDepth: 8,
  tags: 64,
  tagCharacters: 64,
  ids: 1_000,
  messages: 1_000,
  nameCharacters: 256,
  filterDepth: 5,
  filterTerms: 64,
  page: 200,
  graphDepth: 3,
  graphNodes: 500,
} as const

/** Characters as people count them, not halves of surrogate pairs. */
function characters(text: string): number {
  let n = 0
  for (const _ of text) n++
  return n
}

/** Text of 1 to `max` characters. */
export function text(max: number): z.ZodString {
  const fits = (value: string): boolean => value.length <= max || characters(value) <= max
  return z.string().min(1).refine(fits, `must have at most ${max} characters`).meta({ maxLength: max })
}

/** Where a list goes on, as its answer said. */
export const cursor = (): z.ZodString => text(2_048)
/** A name that the caller chose: of a user, a session, a project. */
export const name = (): z.ZodString => text(LIMITS.nameCharacters)

const isBlank = (value: string): boolean => value.trim() === ''

/** Text of at most `max` characters, of which one can be seen. */
export const words = (max: number): z.ZodString => text(max).refine((value) => !isBlank(value), 'must not be empty')

/** What is remembered. The one field whose size is answered with 413, like that of the body. */
export const content = (): z.ZodString => z.string()
  .refine((value) => !isBlank(value), 'must not be empty')
  .refine((value) => Buffer.byteLength(value) <= LIMITS.contentBytes, { error: 'must have at most 512 KiB', params: { tooLarge: true } })
  .meta({ minLength: 1, description: 'What is remembered; at most 512 KiB of UTF-8.' })

/** A question. */
export const question = (): z.ZodString => z.string()
  .refine((value) => !isBlank(value), 'must not be empty')
  .refine((value) => Buffer.byteLength(value) <= LIMITS.queryBytes, 'must have at most 8 KiB')
  .meta({ minLength: 1 })

/** In a query string numbers come as text; JSON may give them so, too. */
function fromText(value: unknown): unknown {
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value
}

/** A schema that also takes its value as text. */
type Lenient<S extends z.ZodType> = z.ZodPreprocess<S>

export function whole(min: number, max: number): Lenient<z.ZodInt> {
  return z.preprocess(fromText, z.int().min(min).max(max))
}

/** Below it a number counts as 0: products of such numbers are none that the store can hold, and whoever multiplies them, as a recall does, would fail. */
const LEAST = 1e-12

export function countable(value: number): number {
  return Math.abs(value) < LEAST ? 0 : value
}

export function fraction(min: number, max: number): Lenient<z.ZodNumber> {
  return z.preprocess(fromText, z.number().min(min).max(max).overwrite(countable))
}

export function flag(): Lenient<z.ZodBoolean> {
  return z.preprocess((value) => (value === 'true' || value === '1' ? true : value === 'false' || value === '0' ? false : value), z.boolean())
}

/** A list, or one text with commas. */
function list<S extends z.ZodType>(element: S, max: number): Lenient<z.ZodArray<S>> {
  const parts = (value: string): string[] => value.split(',').map((part) => part.trim()).filter((part) => part !== '')
  const split = (value: unknown): unknown => (typeof value === 'string' ? parts(value) : value)
  return z.preprocess(split, z.array(element).min(1).max(max))
}

export const kind = (): z.ZodType<(typeof KINDS)[number]> => z.enum(KINDS)
export const retention = (): z.ZodType<(typeof RETENTIONS)[number]> => z.enum(RETENTIONS)
export const kinds = (): Lenient<z.ZodArray<z.ZodType<(typeof KINDS)[number]>>> => list(kind(), KINDS.length)
export const retentions = (): Lenient<z.ZodArray<z.ZodType<(typeof RETENTIONS)[number]>>> => list(retention(), RETENTIONS.length)
export const heads = (): Lenient<z.ZodArray<z.ZodType<(typeof HEADS)[number]>>> => list(z.enum(HEADS), HEADS.length)
export const names = (): Lenient<z.ZodArray<z.ZodString>> => list(name(), LIMITS.tags)

const tag = (): z.ZodString => text(LIMITS.tagCharacters)

/** Tags that something has: any number up to the limit, none included. */
export const tags = (): z.ZodArray<z.ZodString> => z.array(tag()).max(LIMITS.tags)
/** Tags to look for. */
export const wantedTags = (): Lenient<z.ZodArray<z.ZodString>> => list(tag(), LIMITS.tags)

export const id = (): z.ZodUUID => z.uuid('must be an id (a UUID)')
export const ids = (): z.ZodArray<z.ZodUUID> => z.array(id()).min(1).max(LIMITS.ids)

export const instant = (): z.ZodString => z.string()
  .refine(isInstant, 'must be an ISO 8601 time with offset, like 2025-05-08T10:00:00Z, or a date')
  .meta({ format: 'date-time' })

/** Levels of nesting of a JSON value; a plain one has none. */
export function depthOf(value: unknown): number {
  if (value === null || typeof value !== 'object') return 0
  return 1 + Object.values(value).reduce<number>((deepest, inner) => Math.max(deepest, depthOf(inner)), 0)
}

/** The rule that a free JSON value breaks, if any. */
export function freeValueFault(value: unknown): string | undefined {
  if (depthOf(value) > LIMITS.metadataDepth) return `must be nested at most ${LIMITS.metadataDepth} levels deep`
  return Buffer.byteLength(JSON.stringify(value)) > LIMITS.metadataBytes ? 'must have at most 16 KiB' : undefined
}

function bounded<S extends z.ZodType>(schema: S): S {
  return schema.superRefine((value, context) => {
    const fault = freeValueFault(value)
    if (fault) context.addIssue({ code: 'custom', message: fault })
  })
}

/** Anything that JSON can say, under the caller's own names. */
export const metadata = (): z.ZodType<JsonObject> =>
  bounded(z.record(z.string(), z.unknown())).meta({ description: 'Free; at most 16 KiB and 8 levels deep.' }) as unknown as z.ZodType<JsonObject>

/** Where something came from, in whatever form. */
export const free = (): z.ZodUnknown => bounded(z.unknown())
