import { isDeepStrictEqual } from 'node:util'
import { invalid, type User, userOf } from '#kernel'

/** User of callers who name none. */
export const DEFAULT_USER = 'default'

/**
 * The value of a field under whichever of its names it was given.
 * @throws ReverieError invalid_request when two names are given with different values
 */
export function pick<D extends object, N extends keyof D & string>(body: D, field: N, ...aliases: N[]): D[N] {
  let value = body[field]
  let from = field
  for (const alias of aliases) {
    const other = body[alias]
    if (other === undefined) continue
    if (value !== undefined && !isDeepStrictEqual(value, other)) throw invalid(alias, `is another name of ${from} and has another value`)
    if (value === undefined) from = alias
    value ??= other
  }
  return value
}

/**
 * The user that a request is about, named in its body or its query string.
 * @throws ReverieError invalid_request when both name one, and not the same
 */
export function userFrom(query: { user_id?: string }, body: { user_id?: string } = {}): User {
  const { user_id: inBody } = body
  const { user_id: inQuery } = query
  if (inBody !== undefined && inQuery !== undefined && inBody !== inQuery) throw invalid('user_id', 'differs between body and query string')
  return userOf(inBody ?? inQuery ?? DEFAULT_USER)
}
