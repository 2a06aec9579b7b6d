import type { Settings } from '#config'
import { createLogger } from '../api/http/logging'
import { Upstream } from './upstream'

/** Does one thing at the server that keeps the memory; one that was started for it is stopped again. */
export async function atServer(settings: Settings, work: (server: Upstream) => Promise<void>): Promise<void> {
  const server = new Upstream(settings, createLogger({ logging: { ...settings.logging, level: 'warn' } }))
  try {
    await work(server)
  } finally {
    await server.close()
  }
}
