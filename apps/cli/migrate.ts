import type { Settings } from '#config'
import { openDatabase } from '#database'
import { databaseOf } from '../composition/libs'
import { storeOf } from '../composition/ending'

/** Brings the schema of the configured store up to date. Any number of processes may do so at once. */
export async function migrate(settings: Settings): Promise<void> {
  const database = await openDatabase({ ...databaseOf(settings), migrate: true })
  try {
    for (const name of database.migrated) console.log(`ran ${name}`)
    console.log(`The schema is up to date (${storeOf(settings)}).`)
  } finally {
    await database.close()
  }
}
