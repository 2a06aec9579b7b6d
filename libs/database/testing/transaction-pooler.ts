import { type AddressInfo, createServer, type Socket } from 'node:net'
import pg from 'pg'

/** Type of the message that says that a session awaits the next. */
const READY = 'Z'.charCodeAt(0)
/** AuthenticationOk, and ReadyForQuery outside any transaction: nobody is asked who they are. */
const WELCOME = Buffer.from([...message('R', [0, 0, 0, 0]), ...message('Z', ['I'.charCodeAt(0)])])

/**
 * What PgBouncer before 1.21 does in its transaction mode: the sessions of the server at `url` are lent by turns, each for one transaction, whatever
 * they were told before, and it knows nothing of prepared statements.
 * @returns the address by way of it
 */
export async function startTransactionPooler(url: string, sessions = 2): Promise<{ url: string; close(): Promise<void> }> {
  const clients = await Promise.all(Array.from({ length: sessions }, async () => {
    const client = new pg.Client({ connectionString: url })
    client.on('error', () => {})
    await client.connect()
    return client
  }))
  const idle = clients.map((client) => (client as unknown as { connection: { stream: Socket } }).connection.stream.removeAllListeners('data'))
  const waiting: ((session: Socket) => void)[] = []
  const lend = (): Promise<Socket> => new Promise((resolve) => (idle.length > 0 ? resolve(idle.shift()!) : waiting.push(resolve)))
  const giveBack = (session: Socket): void => {
    const next = waiting.shift()
    if (next) next(session)
    else idle.push(session)
  }

  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    socket.on('error', () => {})
    let session: Promise<Socket> | undefined
    socket.once('data', () => {
      socket.write(WELCOME)
      const answers = framed((type, frame) => {
        socket.write(frame)
        if (type !== READY || frame.at(-1) !== 'I'.charCodeAt(0)) return
        const ended = session!
        session = undefined
        void ended.then((lent) => giveBack(lent.removeAllListeners('data')))
      })
      socket.on('data', framed((type, frame) => {
        if (type === 'X'.charCodeAt(0)) return
        session ??= lend().then((lent) => lent.on('data', answers))
        void session.then((lent) => lent.write(frame))
      }))
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const through = new URL(url)
  through.port = String((server.address() as AddressInfo).port)
  return {
    url: through.toString(),
    close: async () => {
      for (const socket of [...open, ...idle]) socket.destroy()
      await new Promise((done) => server.close(done))
    },
  }
}

function message(type: string, body: readonly number[]): number[] {
  return [type.charCodeAt(0), 0, 0, 0, 4 + body.length, ...body]
}

/** Hears a stream of messages one by one: a type, the length of what follows, that. */
function framed(hear: (type: number, frame: Buffer) => void): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0)
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= 5 && rest.length > rest.readInt32BE(1)) {
      const end = 1 + rest.readInt32BE(1)
      hear(rest[0]!, rest.subarray(0, end))
      rest = rest.subarray(end)
    }
  }
}
