import { IANAZone } from 'luxon'
import { createZodDto } from 'nestjs-zod'
import { z } from 'zod'
import type { Json, JsonObject } from '#episodic-memory'
import { ReverieError } from '#kernel'
import { FORMAT, type ImportAnswer, type ReadLine, VERSION } from '#transfer'
import { describeIssues } from '../http/issues'
import { checkText } from '../http/text-check'
import * as field from './fields'

/** Body of `POST /memory/export`. */
export class ExportDto extends createZodDto(z.strictObject({ user_id: field.name().optional().describe('Whose; default "default".') })) {}

/** Query string of `POST /memory/import`, whose body is not JSON but lines of it. */
export class ImportQueryDto extends createZodDto(z.strictObject({
  user_id: field.name().optional().describe('Into whose memory; default "default", whoever it is an export of.'),
  dry_run: field.flag().optional().describe('Checks everything, tells what would be done, and does nothing.'),
})) {}

const counts = z.object({ sessions: z.int(), traces: z.int(), edges: z.int() }).meta({ id: 'TransferCounts' })
export class ImportAnswerDto extends createZodDto(z.object({
  dry_run: z.boolean(),
  stored: counts,
  skipped: counts.describe('There already, and the same.'),
  blocked: counts.describe('Kept away: forgotten, or made of what was.'),
  blocked_lines: z.array(z.int()).describe('Lines of the blocked traces, the first thousand.'),
})) {}

export function presentImport({ dryRun, stored, skipped, blocked, blockedLines }: ImportAnswer): ImportAnswerDto {
  return { dry_run: dryRun, stored: { ...stored }, skipped: { ...skipped }, blocked: { ...blocked }, blocked_lines: [...blockedLines] }
}

const CANONICAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** As in exports: the same instant in one form, so that lines can be compared. */
const time = z.unknown().transform((value, context) => {
  // As exports have it; ten times as fast as reading all forms.
  if (typeof value === 'string' && CANONICAL.test(value) && new Date(value).getTime() >= 0 && new Date(value).toISOString() === value) return value
  const read = field.instant().safeParse(value)
  if (read.success && typeof value === 'string' && value.length > 10) return new Date(value).toISOString()
  context.addIssue({ code: 'custom', message: 'must be an ISO 8601 time with offset, like 2025-05-08T10:00:00.000Z' })
  return z.NEVER
})
const id = field.id().transform((text) => text.toLowerCase())
const count = z.int().min(0)
const unit = z.number().min(0).max(1).overwrite(field.countable)
const name = field.name().nullable()
/** What a dream made may hold more than a caller may say. */
const json = z.json().refine((value) => field.depthOf(value) <= 32, 'must be nested at most 32 levels deep') as unknown as z.ZodType<Json>
const object = z.record(z.string(), json) as unknown as z.ZodType<JsonObject>
const place = z.union([z.literal('alone'), z.null(), z.int().min(0).max(1_000_000)], 'must be a whole number, "alone" or null')

const SCHEMAS = {
  header: z.strictObject({
    line: z.literal('header'),
    format: z.literal(FORMAT),
    version: z.literal(VERSION),
    user_id: field.name(),
    time_zone: z.string().refine((zone) => IANAZone.isValidZone(zone), 'must be an IANA time zone like Europe/Lisbon').nullable(),
  }),
  session: z.strictObject({
    line: z.literal('session'), session_id: field.name(), project: name, started_at: time, ended_at: time, last_at: time, message_count: count,
    next_place: z.int().min(0).max(2_000_000), topics: z.array(field.text(1_024)).max(1_000), importance: unit.nullable(), summary: field.content().nullable(),
  }),
  trace: z.strictObject({
    line: z.literal('trace'), id, kind: field.kind(), role: field.text(64), speaker: name, content: field.content(), retention: field.retention(),
    session_id: name, place, project: name, agent_id: name, salience: unit, first_salience: unit.nullable(), salience_given: z.boolean(), confidence: unit,
    category: name, tags: field.tags(), source: json, metadata: object, triple: json, occurred_at: time, dated: z.boolean(), created_at: time, valid_from: time, valid_until: time.nullable(),
    superseded_by: id.nullable(), expires_at: time.nullable(), pruned_at: time.nullable(),
  }),
  edge: z.strictObject({ line: z.literal('edge'), src: id, dst: id, type: field.text(64), weight: unit, ts: time, meta: object.nullable() })
    .refine(({ src, dst }) => src !== dst, { path: ['dst'], error: 'must be another trace' }),
  end: z.strictObject({ line: z.literal('end'), sessions: count, traces: count, edges: count }),
}

const whole = (message: string): ReturnType<ReadLine> => [{ field: 'line', message }]

/** One line of an import, with the rules of the fields that it names. */
export const readLine: ReadLine = (text) => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The parser's own message quotes the line.
    return whole('is not valid JSON')
  }
  try {
    checkText(value)
  } catch (error) {
    if (!(error instanceof ReverieError)) throw error
    const name = String(error.details?.field)
    return [{ field: name, message: error.message.slice(name.length + 2) }]
  }
  const kind = (value as { line?: unknown } | null)?.line
  if (typeof kind !== 'string' || !Object.hasOwn(SCHEMAS, kind)) return whole(`must be an object whose "line" is one of ${Object.keys(SCHEMAS).join(', ')}`)
  const read = SCHEMAS[kind as keyof typeof SCHEMAS].safeParse(value, { reportInput: true })
  return read.success ? read.data : describeIssues(read.error.issues, 'line').map(({ field, message }) => ({ field, message }))
}
