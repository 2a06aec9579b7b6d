import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Settings } from '#config'
import { atServer } from './at-server'
import { queryOf } from './query'

const LINES = 'application/x-ndjson'

/** Writes everything of a user to `to`, as JSON lines; what was cut off has no last line `end`, and import refuses it. */
export async function exportMemory(settings: Settings, userId: string | undefined, to: NodeJS.WritableStream): Promise<void> {
  await atServer(settings, async (server) => {
    const answer = await server.ask('POST', '/memory/export', JSON.stringify({ user_id: userId }))
    await pipeline(Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0]), to, { end: false })
  })
}

/** Takes in the lines of an export, all of them or none, and tells what was done. */
export async function importMemory(settings: Settings, options: { readonly user?: string; readonly dryRun?: boolean }, from: Readable): Promise<void> {
  await atServer(settings, async (server) => {
    const query = queryOf({ user_id: options.user, dry_run: String(options.dryRun === true) })
    const answer = await server.ask('POST', `/memory/import${query}`, Readable.toWeb(from) as ReadableStream, LINES)
    console.log(JSON.stringify(await answer.json()))
  })
}
