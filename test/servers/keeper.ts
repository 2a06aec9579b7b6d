/**
 * A process that keeps the servers of a test run: starts those that are named ('postgres', 'redis'), prints their addresses as one line
 * of JSON, and ends them when its standard input closes. That happens however the test run ends, by Ctrl-C or `kill -9` too.
 */
import { once } from 'node:events'
import { PrivatePostgres, PrivateRedis, type PrivateServer } from './private-server'

const KINDS = { postgres: PrivatePostgres, redis: PrivateRedis }

async function keep(names: readonly (keyof typeof KINDS)[]): Promise<void> {
  // Heard from the beginning: the run may end while the servers still start.
  const runEnded = once(process.stdin.resume(), 'close')
  const servers: PrivateServer[] = []
  try {
    for (const name of names) servers.push(await KINDS[name].create())
    await Promise.all(servers.map((server) => server.start()))
    console.log(JSON.stringify(Object.fromEntries(names.map((name, i) => [name, servers[i]!.url]))))
    await runEnded
  } finally {
    await Promise.all(servers.map((server) => server.close()))
  }
}

keep(process.argv.slice(2) as (keyof typeof KINDS)[]).then(() => process.exit(), (error: unknown) => {
  console.error(error)
  process.exit(1)
})
