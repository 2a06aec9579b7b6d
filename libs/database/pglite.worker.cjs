/**
 * Worker thread that holds the embedded Postgres: in the main thread every query would stop the event loop. Plain JavaScript,
 * because a new thread knows nothing of jest's transform.
 *
 * workerData: { dataDir? (in memory when missing), init (SQL run once open) }
 * first message out: { ready: true } or { fatal: string }
 * messages in: { id, op: 'exec', bytes: Uint8Array } | { id, op: 'close' }
 * messages out: { id, bytes? } or { id, error: string }; an error means that the database is broken, as what a statement
 *   did wrong is part of the bytes
 */
'use strict'
const { parentPort, workerData } = require('node:worker_threads')

/** What a checkpoint leaves of the write-ahead log: not more, and not less either, for what is there needs no room on the disk any more. */
const LOG = ['-c', 'max_wal_size=64MB', '-c', 'min_wal_size=64MB']

async function open({ dataDir, init }) {
  const { PGlite } = await import('@electric-sql/pglite')
  const { vector } = await import('@electric-sql/pglite-pgvector')
  const db = await PGlite.create({ dataDir, extensions: { vector }, startParams: [...PGlite.defaultStartParams, ...LOG] })
  await db.exec(init)
  return db
}

async function handle(db, { op, bytes }) {
  if (op === 'close') return void (await db.close())
  // As it comes: execProtocolRaw parses every answer as well, field by field, which cost 4 ms of a recall. A copy of each part, for it is
  // a view of the database's memory, which cannot be transferred and is used again.
  const parts = []
  await db.execProtocolRawStream(bytes, { onRawData: (part) => parts.push(part.slice()) })
  return parts.length === 1 ? parts[0] : join(parts)
}

function join(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

async function main() {
  const db = await open(workerData)
  let last = Promise.resolve()
  parentPort.on('message', (message) => {
    last = last.then(async () => {
      try {
        const bytes = await handle(db, message)
        parentPort.postMessage({ id: message.id, bytes }, bytes ? [bytes.buffer] : [])
      } catch (error) {
        parentPort.postMessage({ id: message.id, error: String(error?.message ?? error) })
      }
    })
  })
  parentPort.postMessage({ ready: true })
}

main().catch((error) => parentPort.postMessage({ fatal: String(error?.message ?? error) }))
