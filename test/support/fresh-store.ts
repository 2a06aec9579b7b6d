import { randomBytes } from 'node:crypto'
import { createOnServer, testServer } from '../../libs/database/testing'

export interface FreshStore {
  /** Settings that lead to it. */
  readonly env: Record<string, string>
  drop(): Promise<void>
}

/** An empty store for one server, or for several in turn: embedded in a folder, or a database and keys
 * of its own where TEST_DATABASE_URL and TEST_REDIS_URL lead. */
export async function freshStore(folder: string): Promise<FreshStore> {
  const server = testServer()
  if (!server) return { env: { DATA_DIR: folder }, drop: async () => {} }
  const { url, drop } = await createOnServer(server)
  const redis = { REDIS_URL: process.env.TEST_REDIS_URL!, REDIS_PREFIX: `reverie-e2e-${randomBytes(6).toString('hex')}` }
  return { env: { DATABASE_URL: url, DATABASE_MIGRATE: 'on', APP_SECRET: 'a secret for end-to-end tests', ...redis }, drop }
}
