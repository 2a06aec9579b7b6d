import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Settings } from '#config'
import { createLogger } from '../api/http/logging'
import { Refusal } from '../api/mcp/memory-api'
import { Upstream } from './upstream'

const LINES = 'application/x-ndjson'

/** Writes everything of a user to `to`, as JSON lines; what was cut off has no last line `end`, and import refuses it. */
export async function exportMemory(settings: Settings, userId: string | undefined, to: NodeJS.WritableStream): Promise<void> {
  await atServer(settings, async (server) => {
    const answer = await server.stream('/memory/export', 'application/json', JSON.stringify({ user_id: userId }))
    if (!answer.ok) throw await refusal(answer)
    await pipeline(Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0]), to, { end: false })
  })
}

/** Takes in the lines of an export, all of them or none, and tells what was done. */
export async function importMemory(settings: Settings, options: { readonly user?: string; readonly dryRun?: boolean }, from: Readable): Promise<void> {
  await atServer(settings, async (server) => {
    const query = new URLSearchParams({ ...(options.user === undefined ? {} : { user_id: options.user }), dry_run: String(options.dryRun === true) })
    const answer = await server.stream(`/memory/import?${query.toString()}`, LINES, Readable.toWeb(from) as ReadableStream)
    if (!answer.ok) throw await refusal(answer)
    console.log(JSON.stringify(await answer.json()))
  })
}

async function atServer(settings: Settings, work: (server: Upstream) => Promise<void>): Promise<void> {
  const server = new Upstream(settings, createLogger({ logging: { ...settings.logging, level: 'warn' } }))
  try {
    await work(server)
  } finally {
    await server.close()
  }
}

/** What the server refused, in its own words, which name the line and the field. */
async function refusal(answer: Response): Promise<Refusal> {
  const { error } = await answer.json().catch(() => ({})) as { error?: { message: string } }
  return new Refusal(error?.message ?? `the memory answered ${answer.status}`)
}
