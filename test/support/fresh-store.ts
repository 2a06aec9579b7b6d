import { randomBytes } from 'node:crypto'
import { copyTemplate, createOnServer, testServer } from '../../libs/database/testing'
import { MIGRATIONS, SERVES_SINCE } from '../../migrations'

export interface FreshStore {
  /** Settings that lead to it. */
  readonly env: Record<string, string>
  drop(): Promise<void>
}

const SCHEMA = { migrations: MIGRATIONS, servesSince: SERVES_SINCE }

/** A migrated store without rows for one server, or for several in turn: embedded in a folder, or a database and keys
 * of its own where TEST_DATABASE_URL and TEST_REDIS_URL lead. */
export async function freshStore(folder: string): Promise<FreshStore> {
  const server = testServer()
  if (!server) {
    await copyTemplate(SCHEMA, folder)
    return { env: { DATA_DIR: folder }, drop: async () => {} }
  }
  const { url, drop } = await createOnServer(server, SCHEMA)
  const redis = { REDIS_URL: process.env.TEST_REDIS_URL!, REDIS_PREFIX: `reverie-e2e-${randomBytes(6).toString('hex')}` }
  return { env: { DATABASE_URL: url, DATABASE_MIGRATE: 'on', APP_SECRET: 'a secret for end-to-end tests', ...redis }, drop }
}
