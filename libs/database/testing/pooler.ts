import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/**
 * What poolers such as PgBouncer do to a session's start: the connection is passed on, its start-up options are not.
 * @returns the address of `url` by way of it
 */
export async function startPooler(url: string): Promise<{ url: string; close(): Promise<void> }> {
  const target = new URL(url)
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => [client, upstream].forEach((one) => one.destroy()))
    }
    client.once('data', (first) => {
      upstream.write(withoutOptions(first))
      client.pipe(upstream)
    })
    upstream.pipe(client)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const through = new URL(url)
  through.port = String((server.address() as AddressInfo).port)
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    await new Promise((done) => server.close(done))
  }
  return { url: through.toString(), close }
}

/** A start-up message: length, version, then names and values that each end with a zero, and a zero. */
function withoutOptions(message: Buffer): Buffer {
  const words = message.toString('utf8', 8, message.length - 2).split('\0')
  const kept: string[] = []
  for (let i = 0; i < words.length; i += 2) if (words[i] !== 'options') kept.push(words[i]!, words[i + 1]!)
  const body = Buffer.from(`${kept.join('\0')}\0\0`)
  const head = Buffer.from(message.subarray(0, 8))
  head.writeInt32BE(8 + body.length, 0)
  return Buffer.concat([head, body])
}
