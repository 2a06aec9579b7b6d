import { invalid, isUuid } from '#kernel'

/** Cursors of stores are names and ids; on the wire they are opaque, and safe in any URL. */
export function encodeCursor(cursor: string | null): string | null {
  return cursor === null ? null : Buffer.from(cursor, 'utf8').toString('base64url')
}

/** @throws ReverieError invalid_request for what is no cursor of ours */
export function decodeCursor(cursor: string | undefined, of: 'name' | 'id' = 'name'): string | undefined {
  if (cursor === undefined) return undefined
  const decoded = Buffer.from(cursor, 'base64url').toString('utf8')
  const sane = decoded !== '' && encodeCursor(decoded) === cursor && !decoded.includes('\0')
  if (!sane || (of === 'id' && !isUuid(decoded))) throw invalid('cursor', 'is none that a list answered')
  return decoded
}
