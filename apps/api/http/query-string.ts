const UTF8 = new TextDecoder('utf-8', { fatal: true })

/** Stands in a parsed query for the name of a parameter that is not UTF-8: Fastify's parser may not throw. */
export const MALFORMED = Symbol('malformed query')

export type Query = Record<string, string | string[]> & { [MALFORMED]?: string }

/** A query string as its parameters; one that is given more than once becomes a list. */
export function parseQuery(text: string): Query {
  const query = Object.create(null) as Query
  for (const pair of text.split('&')) {
    if (pair === '') continue
    const at = pair.indexOf('=')
    const name = decode(at < 0 ? pair : pair.slice(0, at))
    const value = decode(at < 0 ? '' : pair.slice(at + 1))
    if (name === undefined || value === undefined) {
      query[MALFORMED] = name ?? 'query'
      continue
    }
    const earlier = query[name]
    query[name] = earlier === undefined ? value : [...(Array.isArray(earlier) ? earlier : [earlier]), value]
  }
  return query
}

/** The text of a component of a query; undefined when its bytes are not UTF-8. A % that begins no byte stands for itself, as in browsers. */
function decode(component: string): string | undefined {
  const spaced = component.replaceAll('+', ' ')
  if (!spaced.includes('%')) return spaced
  const bytes = Buffer.from(spaced.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))), 'latin1')
  try {
    return UTF8.decode(bytes)
  } catch {
    return undefined
  }
}
