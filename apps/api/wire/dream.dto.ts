import { DateTime } from 'luxon'
import { createZodDto } from 'nestjs-zod'
import { z } from 'zod'
import { type ConsolidateInput, type DreamDiary, type DreamRun, RUN_STATUSES } from '#dream'
import type { User } from '#kernel'
import * as field from './fields'

const day = z.string().refine((text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && DateTime.fromISO(text).isValid && text >= '1000', 'must be a day like 2025-05-08')

/** Body of `POST /memory/consolidate`. */
export class ConsolidateDto extends createZodDto(z.strictObject({
  user_id: field.name().optional(),
  day: day.optional().describe('A local day of the user; default: every day not yet dreamt, today so far included.'),
  dry_run: field.flag().optional().describe('Shows what would change, and changes nothing.'),
  force: field.flag().optional().describe('Dreams again what was undone.'),
  wait: field.flag().optional().describe('Answers the finished runs.'),
})) {}

/** Query string of `GET /memory/dreams`. */
export class DreamsQueryDto extends createZodDto(z.strictObject({
  user_id: field.name().optional().describe('Whose; default "default".'),
  status: z.enum(RUN_STATUSES).optional(),
  cursor: field.text(2_048).optional(),
  limit: field.whole(1, field.LIMITS.page).optional(),
})) {}

const time = z.iso.datetime()
const values = z.record(z.string(), z.unknown()).optional()
const run = {
  id: z.uuid(),
  user_id: z.string(),
  day: z.string(),
  status: z.enum(RUN_STATUSES),
  dry_run: z.boolean(),
  phases: z.array(z.object({ name: z.string(), ms: z.number(), counts: z.record(z.string(), z.number()) })),
  forgotten: z.int().describe('Changes that the diary lost since, because what they were about was forgotten. Undoing leaves these out.'),
  error: z.string().optional(),
  created_at: time,
  finished_at: time.nullable(),
}
const Run = z.object(run).meta({ id: 'DreamRun' })
export type RunAnswer = z.infer<typeof Run>
const Dream = z.object({
  ...run,
  changes: z.array(z.object({
    op: z.enum(['create', 'update', 'supersede', 'remove']),
    trace: z.uuid().optional(),
    edge: z.object({ src: z.uuid(), dst: z.uuid(), type: z.string() }).optional(),
    session: z.string().optional().describe('Name of the session.'),
    before: values,
    after: values,
  })),
}).meta({ id: 'Dream' })
export type DreamAnswer = z.infer<typeof Dream>

const run_ids = z.array(z.uuid()).describe('The runs, the earliest day first.')
export class QueuedDreamsDto extends createZodDto(z.object({ run_ids })) {}
export class FinishedDreamsDto extends createZodDto(z.object({ run_ids, runs: z.array(Dream) })) {}
export class DreamListDto extends createZodDto(z.object({ results: z.array(Run), next_cursor: z.string().nullable() })) {}

export function toConsolidateInput(body: ConsolidateDto, user: User): ConsolidateInput {
  return { user, day: body.day, dryRun: body.dry_run ?? false, force: body.force ?? false }
}

export function presentRun(run: DreamRun, user: User): RunAnswer {
  return {
    id: run.id, user_id: user.externalId, day: run.day, status: run.status, dry_run: run.dryRun,
    phases: run.phases.map(({ name, ms, counts }) => ({ name, ms, counts: { ...counts } })), forgotten: run.forgotten,
    ...(run.error === null ? {} : { error: run.error }),
    created_at: run.createdAt.toISOString(), finished_at: run.finishedAt?.toISOString() ?? null,
  }
}

export function presentDream(dream: DreamDiary, user: User): DreamAnswer {
  return { ...presentRun(dream, user), changes: dream.changes.map((change) => ({ ...change, ...('edge' in change ? { edge: { ...change.edge } } : {}) })) }
}
