/** Makes a store of today one of years ago, for benches that ask what ageing costs. */
import { createRequire } from 'node:module'
import { ROOT } from './machine.mjs'

const require = createRequire(import.meta.url)

/** A salience below that of what keeps all its vectors. */
const TRIVIAL = 0.4

/**
 * Has everything count as recorded when it happened, and the store maintained: months that ended MEMORY_COLD_DAYS ago are thinned. The product is stopped meanwhile.
 * @param {{ mode: string, data?: string, stop(): Promise<unknown>, maintain(): Promise<{ said: string[] }>, start(): Promise<unknown> }} server
 * @param {boolean} trivial whether everything matters little
 * @returns {Promise<string[]>} what maintenance said
 */
export async function age(server, trivial) {
  if (server.mode !== 'embedded') throw new Error('--aged wants the embedded store of a product that the bench starts')
  await server.stop()
  const built = (/** @type {string} */ name) => require(`${ROOT}/dist/${name}`)
  const database = await built('libs/database').openDatabase({ backend: 'embedded', dataDir: server.data, migrations: built('migrations').MIGRATIONS })
  await database.sql.run('maintenance', 'update memory_trace set created_at = occurred_at, salience = coalesce($1, salience)', [trivial ? TRIVIAL : null])
  await database.close()
  const { said } = await server.maintain()
  await server.start()
  return said
}
