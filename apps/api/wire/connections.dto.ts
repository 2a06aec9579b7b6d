import { createZodDto } from 'nestjs-zod'
import { z } from 'zod'
import { CONNECTION_TYPES, type ConnectionType } from '#graph-memory'
import { invalid } from '#kernel'
import { pick } from './aliases'
import * as field from './fields'

const other = {
  user_id: field.name().optional(),
  dst: field.id().optional().describe('The other memory.'),
  id: field.id().optional().describe('Another name of dst, as in what was suggested.'),
}
const type = (): z.ZodEnum<{ [T in ConnectionType]: T }> => z.enum(CONNECTION_TYPES)

/** Body of `POST /memory/:id/edges`. */
export class ConnectDto extends createZodDto(z.strictObject({
  ...other,
  type: type().optional().describe('Default: related.'),
  weight: field.fraction(0, 1).optional().describe('How strongly; default: 1.'),
})) {}

/** Query string of `DELETE /memory/:id/edges`. */
export class DisconnectQueryDto extends createZodDto(z.strictObject({ ...other, type: type().optional().describe('Default: each of them.') })) {}

/** The memory at the other end. @throws ReverieError invalid_request */
export function otherEnd(asked: { dst?: string; id?: string }): string {
  const dst = pick(asked, 'dst', 'id')
  if (dst === undefined) throw invalid('dst', 'is required')
  return dst.toLowerCase()
}
