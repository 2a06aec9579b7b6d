import { createZodDto } from 'nestjs-zod'
import { z } from 'zod'
import type { ForgetInput, ForgetScope, ForgetSelector } from '#forget'
import { invalid, isUuid, notFound, type User } from '#kernel'
import { decodeCursor } from './cursors'
import * as field from './fields'
import { instantOf } from './instants'
import { narrowing, toTraceFilter } from './recall.dto'

const Scope = z.strictObject({
  ...narrowing,
  filters: z.record(z.string(), z.unknown()).optional(),
  before: field.instant().optional().describe('What happened before then.'),
  after: field.instant().optional().describe('What happened then or later.'),
  all: z.literal(true, 'must be true').optional().describe('Everything of the user.'),
}).meta({ id: 'ForgetScope' })

const Forget = z.strictObject({
  user_id: field.name().optional(),
  id: field.id().optional(),
  ids: field.ids().optional(),
  query: field.question().optional().describe('Previews; its matches contain every content word of it.'),
  scope: Scope.optional(),
  preview_token: field.text(64 * 1024).optional().describe('Applies exactly what a preview showed.'),
  dry_run: field.flag().optional(),
  cursor: field.cursor().optional().describe('Of a preview of more than 1,000: the next_cursor of the page before.'),
  reason: field.text(1_024).optional(),
  block: field.flag().optional().describe('Keeps the same value from coming back; default: true for id and ids, false for a scope.'),
})

/** Body of `POST /memory/forget`. */
export class ForgetDto extends createZodDto(Forget) {}

/** Query string of `DELETE /memory/:id`. */
export class DeleteQueryDto extends createZodDto(z.strictObject({
  user_id: field.name().optional(), dry_run: field.flag().optional(), reason: field.text(1_024).optional(), block: field.flag().optional(),
})) {}

const SELECTORS = ['id', 'ids', 'query', 'scope', 'preview_token'] as const

/** Times of a body that may be dates. */
export function scopeTimesOf(body: ForgetDto): (string | undefined)[] {
  return [body.scope?.before, body.scope?.after]
}

/** @throws ReverieError invalid_request */
export function toForgetInput(body: ForgetDto, user: User, zone: string): ForgetInput {
  const given = SELECTORS.filter((name) => body[name] !== undefined)
  if (given.length === 0) throw invalid('id', `is required, or one of ${SELECTORS.slice(1).join(', ')}`)
  if (given.length > 1) throw invalid(given[1]!, `stands instead of ${given[0]}, not beside it`)
  const previews = body.preview_token === undefined && (body.query !== undefined || body.dry_run === true)
  if (body.cursor !== undefined && !previews) throw invalid('cursor', 'belongs to a preview: to a query, or to dry_run')
  // Whoever says so does not want anything forgotten; a token would forget all the same.
  if (body.preview_token !== undefined && body.dry_run === true) throw invalid('dry_run', 'does not go with preview_token, which applies what was shown')
  return {
    user, selector: selectorOf(body, zone), dryRun: body.dry_run ?? false, cursor: decodeCursor(body.cursor, 'id'), reason: body.reason, block: body.block,
  }
}

function selectorOf(body: ForgetDto, zone: string): ForgetSelector {
  if (body.id !== undefined) return { ids: [body.id.toLowerCase()] }
  if (body.ids) return { ids: [...new Set(body.ids.map((id) => id.toLowerCase()))] }
  if (body.query !== undefined) return { query: body.query }
  if (body.scope) return { scope: toScope(body.scope, zone) }
  return { previewToken: body.preview_token! }
}

function toScope(scope: NonNullable<ForgetDto['scope']>, zone: string): ForgetScope {
  if (Object.keys(scope).length === 0) throw invalid('scope', 'must not be empty; everything of a user needs "all": true')
  const instant = (text: string | undefined): Date | undefined => (text === undefined ? undefined : instantOf(text, zone))
  const [from, until] = [instant(scope.after), instant(scope.before)]
  if (from && until && from >= until) throw invalid('scope.before', 'must be later than after')
  return { ...toTraceFilter(scope, zone), occurredFrom: from, occurredUntil: until, all: scope.all }
}

/**
 * The id in a path. What cannot be an id is one that nobody has.
 * @throws ReverieError not_found
 */
export function idOf(text: string, what = 'memory'): string {
  if (!isUuid(text)) throw notFound(`${what} ${text.slice(0, 64)}`)
  return text.toLowerCase()
}
