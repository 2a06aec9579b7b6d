import { loadSettings } from '#config'
import { atServer } from './at-server'

/** Asks the server that keeps the memory, and tells what it answers, as JSON. */
export async function tell(method: string, path: string, body?: object): Promise<void> {
  await atServer(loadSettings(), async (server) => {
    const answer = await server.ask(method, path, body && JSON.stringify(body))
    console.log(JSON.stringify(await answer.json(), undefined, 2))
  })
}
