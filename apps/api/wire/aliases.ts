import { isDeepStrictEqual } from 'node:util'
import { invalid, ReverieError, type User, userOf } from '#kernel'
import { callers } from '../http/caller'

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
 * The user that a request is about, named in its body, its query string or its key.
 * @throws ReverieError invalid_request when body and query name one, and not the same; forbidden when it is not the key's
 */
export function userFrom(query: { user_id?: string }, body: { user_id?: string } = {}): User {
  const { user_id: inBody } = body
  const { user_id: inQuery } = query
  if (inBody !== undefined && inQuery !== undefined && inBody !== inQuery) throw invalid('user_id', 'differs between body and query string')
  const named = inBody ?? inQuery
  const bound = callers.getStore()?.userId
  if (bound !== undefined && named !== undefined && named !== bound) throw new ReverieError('forbidden', 'user_id: this key is of another user', { field: 'user_id' })
  return userOf(bound ?? named ?? DEFAULT_USER)
}
