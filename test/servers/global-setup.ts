import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { findPrograms, whatIsMissing } from './find'
import scratch from './scratch'

const REGISTER_TS = join(__dirname, '../../libs/database/testing/register-ts.cjs')

declare global {
  // Seen by the teardown, which jest loads on its own.
  var serversKeeper: ChildProcess | undefined
}

/** Starts, once for a run of jest, the servers that no address was given for; their addresses reach every suite by the environment. */
export default async function setup(): Promise<void> {
  const { env } = process
  const missing = whatIsMissing(findPrograms())
  if (missing) throw new Error(missing)
  scratch()
  const names = [...(env.TEST_DATABASE_URL ? [] : ['postgres']), ...(env.TEST_REDIS_URL ? [] : ['redis'])]
  if (names.length === 0) return
  // In a session of its own: Ctrl-C means jest, and the keeper ends after it.
  const args = ['--conditions=reverie-source', '--require', REGISTER_TS, join(__dirname, 'keeper.ts'), ...names]
  const keeper = spawn(process.execPath, args, { detached: true, stdio: ['pipe', 'pipe', 'inherit'] })
  globalThis.serversKeeper = keeper
  const [line] = (await Promise.race([
    once(createInterface(keeper.stdout), 'line'), once(keeper, 'exit').then(() => Promise.reject(new Error('the servers of the tests did not start'))),
  ])) as [string]
  const { postgres, redis } = JSON.parse(line) as { postgres?: string; redis?: string }
  env.TEST_DATABASE_URL ??= postgres
  env.TEST_REDIS_URL ??= redis
}
