import type { Settings } from '#config'
import { Purge, type PurgeReport } from '#forget'
import { ReverieError } from '#kernel'
import { Refusal } from '../api/mcp/memory-api'
import { atServer } from './at-server'
import { onStore } from './on-store'

/**
 * Takes the bytes of what was forgotten out of the store at once, and tells what was done: on the store itself, in as much time as it takes;
 * where that is embedded or REVERIE_URL is named, by the server that keeps it.
 * @throws Refusal when somebody else is at it, or a step fails
 */
export async function purge(settings: Settings): Promise<void> {
  if (settings.store.backend === 'postgres' && settings.mcp.url === undefined) {
    return onStore(settings, async (product) => tell(await product.get(Purge, { strict: false }).run().catch(refused)))
  }
  await atServer(settings, async (server) => tell(await (await server.ask('POST', '/maintenance/purge')).json() as PurgeReport))
}

function tell({ purged, steps }: PurgeReport): void {
  for (const line of steps.flatMap(({ did }) => did)) console.log(line)
  const failed = steps.filter(({ error }) => error !== null)
  if (failed.length > 0) throw new Refusal(failed.map(({ name, error }) => `The step ${name} failed: ${error}`).join('\n'))
  console.log(steps.length === 0 ? 'Nothing was erased since the last purge.' : `Purged; ${purged} ${purged === 1 ? 'receipt says' : 'receipts say'} so.`)
}

function refused(error: unknown): never {
  throw error instanceof ReverieError ? new Refusal(error.message) : error
}
