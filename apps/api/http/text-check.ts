import { invalid } from '#kernel'

/** Neither can be stored (Postgres has no NUL, UTF-8 no lone surrogate), and both are used to slip past checks. */
const REFUSED = /[\0\p{Surrogate}]/u
/** Deeper than anything a body may hold; the rules of each field are stricter. */
const MAX_DEPTH = 64

/**
 * Refuses NUL and lone surrogates in every string and name of a value, numbers that are none to JSON, and what is too deep to look at.
 * @param path where the value stands, as messages name it; '' for the whole body
 * @throws ReverieError invalid_request with the field's path
 */
export function checkText(value: unknown, path = '', depth = 0): void {
  if (typeof value === 'string') {
    if (REFUSED.test(value)) throw invalid(path || 'body', value.includes('\0') ? 'holds a NUL character' : 'holds a lone surrogate')
  } else if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw invalid(path || 'body', 'is too large a number')
  } else if (value !== null && typeof value === 'object') {
    if (depth >= MAX_DEPTH) throw invalid(path.split(/[.[]/)[0] || 'body', `is nested deeper than ${MAX_DEPTH} levels`)
    if (Array.isArray(value)) value.forEach((element, i) => checkText(element, `${path}[${i}]`, depth + 1))
    else for (const [name, inner] of Object.entries(value)) checkField(name, inner, path, depth)
  }
}

function checkField(name: string, value: unknown, path: string, depth: number): void {
  // The offending name itself stays out of the message: it could not be printed faithfully.
  if (REFUSED.test(name)) throw invalid(path || 'body', 'has a field whose name holds a NUL character or a lone surrogate')
  if (name === '__proto__') throw invalid(path || 'body', 'has a field named __proto__')
  checkText(value, path === '' ? name : `${path}.${name}`, depth + 1)
}
