import { invalid } from '#kernel'

const UTF8 = new TextDecoder('utf-8', { fatal: true })

/** Largest body in bytes. */
export const BODY_LIMIT = 16 * 1024 * 1024

/**
 * A request's JSON body; undefined when it is empty.
 * @throws ReverieError invalid_request when it is not UTF-8 or not JSON
 */
export function parseBody(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined
  let text: string
  try {
    text = UTF8.decode(bytes)
  } catch {
    throw invalid('body', 'is not valid UTF-8')
  }
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own message quotes the body.
    throw invalid('body', 'is not valid JSON')
  }
}
