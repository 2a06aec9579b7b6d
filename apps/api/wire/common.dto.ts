import { IANAZone } from 'luxon'
import { createZodDto } from 'nestjs-zod'
import { z } from 'zod'
import * as field from './fields'

const user_id = field.name().optional().describe('Whose; default "default".')

const page = { cursor: field.cursor().optional(), limit: field.whole(1, field.LIMITS.page).optional() }

/** Query string, or body, that names a user and nothing else. */
export class UserQueryDto extends createZodDto(z.strictObject({ user_id })) {}

/** Query string of a list. */
export class PageQueryDto extends createZodDto(z.strictObject({ user_id, ...page })) {}

/** Query string of a list that is not of one user. */
export class UsersQueryDto extends createZodDto(z.strictObject(page)) {}

/** Query string of `GET /memory/focus`. */
export class FocusQueryDto extends createZodDto(z.strictObject({ user_id, session_id: field.name().optional(), run_id: field.name().optional() })) {}

/** Query string of `GET /memory/graph`. */
export class GraphQueryDto extends createZodDto(z.strictObject({
  user_id,
  center: field.id().optional().describe('Without it, the memories with the most connections.'),
  depth: field.whole(1, field.LIMITS.graphDepth).optional().describe('Edges away from the center; default: 1.'),
  limit: field.whole(1, field.LIMITS.graphNodes).optional().describe('Nodes; default: 100.'),
})) {}

/** Query string of `GET /memory/analytics`. */
export class AnalyticsQueryDto extends createZodDto(z.strictObject({
  user_id, limit: field.whole(1, field.LIMITS.page).optional().describe('Of the latest recalls; default: 20.'),
})) {}

/** Body of `PUT /users/:user_id`. */
export class UserDto extends createZodDto(z.strictObject({
  time_zone: z.string().refine((zone) => IANAZone.isValidZone(zone), 'must be an IANA time zone like Europe/Lisbon'),
})) {}

/** Path of what belongs to a user. */
export class UserPathDto extends createZodDto(z.strictObject({ user_id: field.name() })) {}

/** Path of something with an id. */
export class IdPathDto extends createZodDto(z.strictObject({ id: z.string().min(1) })) {}

/** Path of something with a name. */
export class NamePathDto extends createZodDto(z.strictObject({ name: field.name() })) {}

/** Path of a session, by the caller's name of it. */
export class SessionPathDto extends createZodDto(z.strictObject({ id: field.name() })) {}
