import type { ErrorBody } from '../support/wire'

const CODES: Readonly<Record<number, readonly string[]>> = {
  400: ['invalid_request'], 401: ['unauthenticated'], 403: ['forbidden'], 404: ['not_found'], 409: ['conflict', 'stale_preview'],
  413: ['too_large'], 422: ['unprocessable'], 429: ['rate_limited'],
}
/** Fields are told of these. */
const NAMING = new Set([400, 413, 422])

/** A message of JSON-RPC, as much as is looked at. */
interface Message {
  readonly result?: { readonly isError?: boolean; readonly content?: readonly { readonly text: string }[] }
  readonly error?: { readonly code: number; readonly message: string }
}

/** What is wrong about an answer, by API.md or, at /mcp, by JSON-RPC; undefined when nothing is. */
export function faultOf(operation: string, status: number, text: string): string | undefined {
  if (status === 0) return 'no answer'
  if (status >= 500) return 'a fault of the server'
  if (operation === 'POST /mcp') return messageFault(status, text)
  if (operation.endsWith('/events') && status === 200) return text.startsWith('event: ') ? undefined : 'no event'
  return status < 400 ? undefined : refusalFault(status, text)
}

/** Whether a request was carried out is told by the status, or in an answer of MCP. */
export function isRefused(status: number, text: string): boolean {
  return status === 0 || status >= 400 || messagesIn(text)?.some(({ error, result }) => error !== undefined || result?.isError === true) === true
}

function refusalFault(status: number, text: string): string | undefined {
  try {
    const { error: { code, message, request_id: id, details, ...rest } } = JSON.parse(text) as ErrorBody & { error: { details?: { field?: unknown } } }
    const fits = CODES[status]?.includes(code) && message.length > 0 && message.length < 2_000 && id.length > 0 && Object.keys(rest).length === 0
    if (!fits) return 'a refusal in another shape'
    return !NAMING.has(status) || typeof details?.field === 'string' && message.startsWith(details.field.slice(0, 20)) ? undefined : 'a refusal that names no field'
  } catch {
    return 'a refusal that is no JSON'
  }
}

function messageFault(status: number, text: string): string | undefined {
  if (status === 202 && text === '') return undefined
  const messages = messagesIn(text)
  // What is refused before it is read as a message is refused as everywhere.
  if (!messages) return refusalFault(status, text)
  for (const { error, result } of messages) {
    if (error && (!Number.isInteger(error.code) || error.code === -32603 || error.message === '')) return 'a fault of the server in a message'
    if (result?.content?.some((part) => /^internal: |the memory answered/.test(part.text))) return 'a fault of the server in a tool'
  }
  return undefined
}

/** The messages of an answer in JSON or in a stream. */
function messagesIn(text: string): Message[] | undefined {
  const parts = text.startsWith('{') || text.startsWith('[') ? [text] : text.split('\n').flatMap((line) => (line.startsWith('data: ') ? [line.slice(6)] : []))
  try {
    const messages = parts.flatMap((part) => JSON.parse(part) as Message | Message[])
    return messages.length > 0 && messages.every((message) => message !== null && typeof message === 'object' && 'jsonrpc' in message) ? messages : undefined
  } catch {
    return undefined
  }
}
