/**
 * A process that keeps the servers of a run of tests or of a bench: starts those that are named ('postgres', 'redis', 'embedder'; settings
 * after a comma each), prints their addresses, and the folder of Postgres, as one line of JSON, and ends them when its standard input
 * closes. That happens however the run ends, by Ctrl-C or `kill -9` too.
 */
import { once } from 'node:events'
import { OpenAiServer } from '../../libs/embeddings/testing'
import { PrivatePostgres, PrivateRedis, type PrivateServer } from './private-server'

/** What the embedder was asked is dropped so often: a bench asks a lot. */
const FORGET_MS = 1_000

async function startEmbedder(): Promise<Kept> {
  const server = await OpenAiServer.start()
  setInterval(() => server.requests.splice(0), FORGET_MS).unref()
  return server
}

const KINDS = {
  postgres: async (settings: readonly string[]): Promise<PrivateServer> => (await PrivatePostgres.create(settings)).start(),
  redis: async (settings: readonly string[]): Promise<PrivateServer> => (await PrivateRedis.create(settings)).start(),
  embedder: startEmbedder,
}

interface Kept {
  readonly url: string
  readonly folder?: string
  close(): Promise<void>
}

async function keep(wanted: readonly string[]): Promise<void> {
  // Heard from the beginning: the run may end while the servers still start.
  const runEnded = once(process.stdin.resume(), 'close')
  const servers = new Map<string, Kept>()
  try {
    for (const each of wanted) {
      const [name, ...settings] = each.split(',') as [keyof typeof KINDS, ...string[]]
      servers.set(name, await KINDS[name](settings))
    }
    const urls = Object.fromEntries([...servers].map(([name, { url }]) => [name, url]))
    console.log(JSON.stringify({ ...urls, folder: servers.get('postgres')?.folder }))
    await runEnded
  } finally {
    await Promise.all([...servers.values()].map((server) => server.close()))
  }
}

keep(process.argv.slice(2)).then(() => process.exit(), (error: unknown) => {
  console.error(error)
  process.exit(1)
})
