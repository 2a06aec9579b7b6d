'use strict'
// PGlite is WebAssembly and synchronous at heart: in the main thread it would starve the event loop, here it does not.
const { parentPort, workerData } = require('node:worker_threads')

async function main () {
  const { PGlite } = await import('@electric-sql/pglite')
  const { vector } = await import('@electric-sql/pglite-pgvector')
  const db = await PGlite.create({
    dataDir: workerData.dataDir,
    extensions: { vector },
    loadDataDir: workerData.snapshot && new Blob([workerData.snapshot]),
  })
  await db.exec(workerData.init)
  // One session: messages run one after another, in the order of their arrival.
  let chain = Promise.resolve()
  parentPort.on('message', ({ id, op, buffer }) => {
    chain = chain.then(async () => {
      try {
        if (op === 'close') {
          await db.close()
          parentPort.postMessage({ id })
        } else if (op === 'dump') {
          const file = await db.dumpDataDir('none')
          const bytes = new Uint8Array(await file.arrayBuffer())
          parentPort.postMessage({ id, bytes }, [bytes.buffer])
        } else {
          const bytes = (await db.execProtocolRaw(new Uint8Array(buffer))).slice()
          parentPort.postMessage({ id, bytes }, [bytes.buffer])
        }
      } catch (error) {
        parentPort.postMessage({ id, error: error.message })
      }
    })
  })
  parentPort.postMessage({ ready: true })
}

main().catch((error) => parentPort.postMessage({ fatal: error.message }))
