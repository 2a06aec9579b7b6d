/** The little of Postgres' wire protocol (version 3) that standing between a client and an embedded session takes. */

/** A message of the client: its type's letter and the whole of it, header included. */
export interface Frame {
  readonly type: string
  readonly bytes: Buffer
}

const HEADER = 5
/** After these the client waits for an answer: Sync, Query, Flush, CopyDone, CopyFail, FunctionCall. */
export const ENDS_BATCH = new Set(['S', 'Q', 'H', 'c', 'f', 'F'])

export function frame(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(HEADER)
  head.write(type, 0, 'latin1')
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

export const SYNC = frame('S', Buffer.alloc(0))

export function cString(text: string): Buffer {
  return Buffer.from(`${text}\0`, 'utf8')
}

export function queryFrame(sql: string): Buffer {
  return frame('Q', cString(sql))
}

/** Splits what arrives in pieces of any size into frames. The first message of a connection has no type: it becomes type ''. */
export class FrameReader {
  private rest: Buffer = Buffer.alloc(0)
  private started = false

  read(chunk: Buffer): Frame[] {
    let buffer = this.rest.length > 0 ? Buffer.concat([this.rest, chunk]) : chunk
    const frames: Frame[] = []
    for (;;) {
      const at = this.started ? 1 : 0
      if (buffer.length < at + 4) break
      const length = at + buffer.readInt32BE(at)
      if (buffer.length < length) break
      frames.push({ type: this.started ? String.fromCharCode(buffer[0]!) : '', bytes: buffer.subarray(0, length) })
      buffer = buffer.subarray(length)
      this.started = true
    }
    this.rest = buffer
    return frames
  }
}

/** The SQL in a Query or Parse message, else undefined. */
export function sqlOf({ type, bytes }: Frame): string | undefined {
  if (type === 'Q') return bytes.toString('utf8', HEADER, bytes.length - 1)
  if (type !== 'P') return undefined
  const start = bytes.indexOf(0, HEADER) + 1
  return bytes.toString('utf8', start, bytes.indexOf(0, start))
}

/**
 * The message with the statement that it names renamed by `rename`. Names belong to the one session, but each client
 * believes that they are its own. Unnamed statements, and messages that name none, stay as they are.
 */
export function renameStatement({ type, bytes }: Frame, rename: (name: string) => string): Buffer {
  let start: number
  if (type === 'P') start = HEADER
  else if (type === 'B') start = bytes.indexOf(0, HEADER) + 1 // after the portal's name
  else if ((type === 'D' || type === 'C') && bytes[HEADER] === 0x53) start = HEADER + 1 // 'S'tatement, not 'P'ortal
  else return bytes
  const end = bytes.indexOf(0, start)
  if (end === start) return bytes
  const name = Buffer.from(rename(bytes.toString('utf8', start, end)), 'utf8')
  return frame(type, Buffer.concat([bytes.subarray(HEADER, start), name, bytes.subarray(end)]))
}

export function closeStatement(name: string): Buffer {
  return frame('C', Buffer.concat([Buffer.from('S'), cString(name)]))
}

export interface Answer {
  /** What its client is to read. */
  readonly own: Buffer
  /** Notifications, apart from the rest as they go to whoever listens. */
  readonly notifications: readonly { readonly channel: string; readonly bytes: Buffer }[]
  /** State of the session at the end: I(dle), T(ransaction), E (failed transaction); undefined when it expects more. */
  readonly status: string | undefined
  /** The error with which the session ended, if it did. */
  readonly end: { readonly code: string; readonly message: string } | undefined
}

/**
 * Sorts what the database answered to a batch.
 * @param codeOf by which code the client is told of an error; both have five letters
 */
export function readAnswer(bytes: Uint8Array, codeOf: (code: string) => string = (code) => code): Answer {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const notifications: { channel: string; bytes: Buffer }[] = []
  const own: Buffer[] = []
  let status: string | undefined
  let end: Answer['end']
  let kept = 0
  let at = 0
  while (at + HEADER <= all.length) {
    const next = at + 1 + all.readInt32BE(at + 1)
    if (all[at] === 0x5a) status = String.fromCharCode(all[at + HEADER]!) // 'Z', ReadyForQuery
    if (all[at] === 0x45) end = readError(all.subarray(at + HEADER, next), codeOf) // 'E'
    if (all[at] === 0x41) { // 'A': process id, channel, payload
      notifications.push({ channel: all.toString('utf8', at + HEADER + 4, all.indexOf(0, at + HEADER + 4)), bytes: all.subarray(at, next) })
      own.push(all.subarray(kept, at))
      kept = next
    }
    at = next
  }
  own.push(all.subarray(kept))
  return { own: own.length === 1 ? own[0]! : Buffer.concat(own), notifications, status, end }
}

/** Fields are a letter and a text each. Puts the code in its place anew; answers an error that ends the session. */
function readError(body: Buffer, codeOf: (code: string) => string): Answer['end'] {
  const fields: Record<string, string> = {}
  for (let at = 0; body[at]; ) {
    const until = body.indexOf(0, at)
    const letter = String.fromCharCode(body[at]!)
    fields[letter] = body.toString('utf8', at + 1, until)
    if (letter === 'C') body.write(codeOf(fields.C!), at + 1, 'latin1')
    at = until + 1
  }
  return fields.V === 'PANIC' || fields.V === 'FATAL' ? { code: fields.C!, message: fields.M! } : undefined
}

function readyForQuery(status: string): Buffer {
  return frame('Z', Buffer.from(status))
}

/** The answer to a client's start-up message: welcome without a password, ready. */
export function welcome(): Buffer {
  return Buffer.concat([frame('R', Buffer.alloc(4)), readyForQuery('I')])
}

/** The answer to a batch that was not let through to the session. */
export function refusal(code: string, message: string): Buffer {
  const fields = `SERROR\0VERROR\0C${code}\0M${message}\0\0`
  return Buffer.concat([frame('E', Buffer.from(fields, 'utf8')), readyForQuery('I')])
}

const LISTEN = /(?:^|;)\s*(un)?listen\s+("(?:[^"]|"")*"|\*|[\w$]+)/gi

/** The LISTEN and UNLISTEN statements in SQL, in order; the channel of `UNLISTEN *` is '*'. */
export function listens(sql: string): { readonly channel: string; readonly stop: boolean }[] {
  // BullMQ's statements begin with a comment.
  return [...sql.replace(/--[^\n]*/g, '').matchAll(LISTEN)].map(([, un, name]) => ({
    channel: name!.startsWith('"') ? name!.slice(1, -1).replaceAll('""', '"') : name!.toLowerCase(),
    stop: un !== undefined,
  }))
}
