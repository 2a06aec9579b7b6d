/**
 * Child process that holds the model. Not on the main thread: `InferenceSession.run` of onnxruntime-node is synchronous
 * behind its promise (dist/backend.js calls the native run inside setImmediate), so every request would stop meanwhile.
 * Not in a worker thread: one that is ended during a run, by terminate() or by the end of the process, makes the native
 * code abort the whole process ("terminate called after throwing an instance of 'Napi::Error'", 1.30). Plain
 * JavaScript, because a new process knows nothing of jest's transform.
 *
 * argument: the path of the model
 * first message out: { ready: true } or { error }
 * message in: { ids: Int32Array, mask: Float32Array, batch, pieces }; ids and mask are batch × pieces
 * message out: { vectors: Float32Array } (batch × 512) or { error }
 */
'use strict'
// From 1.29 on onnxruntime reports to Microsoft unless this stands before it is loaded; then it opens, keeps and sends nothing.
process.env.ORT_DISABLE_TELEMETRY = '1'
const { InferenceSession, Tensor } = require('onnxruntime-node')

// Ctrl-C goes to the whole group, yet the parent may still need vectors for what it finishes; it ends this process.
process.on('SIGINT', () => {}).on('SIGTERM', () => {})
process.on('disconnect', () => process.exit())

/** Nobody is left to answer once the channel is gone. */
function answer(message) {
  process.send(message, (error) => error && process.exit())
}

async function run(session, { ids, mask, batch, pieces }) {
  const shape = [batch, pieces]
  const { embedding } = await session.run({ ids: new Tensor('int32', ids, shape), mask: new Tensor('float32', mask, shape) })
  return embedding.data
}

async function main() {
  const session = await InferenceSession.create(process.argv[2], {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 4, // errors are answered
  })
  process.on('message', (request) => {
    run(session, request).then(
      (vectors) => answer({ vectors }),
      (error) => answer({ error: error.message }),
    )
  })
  answer({ ready: true })
}

main().catch((error) => answer({ error: error.message }))
