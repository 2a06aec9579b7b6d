import type { Settings } from '#config'
import { openDatabase } from '#database'
import { VectorIndexes } from '#episodic-memory'
import { SystemClock } from '#kernel'
import { databaseOf } from '../composition/libs'

/** What a night does for the store: builds and drops indexes over vectors, and vacuums. Safe to run again, and beside servers. */
export async function maintain(settings: Settings): Promise<void> {
  const database = await openDatabase(databaseOf(settings))
  const threshold = settings.memory.indexThreshold
  try {
    const changes = await new VectorIndexes(database, database.sql, new SystemClock()).maintain({ threshold })
    for (const name of changes?.built ?? []) console.log(`built the index ${name}`)
    for (const name of changes?.dropped ?? []) console.log(`dropped the index ${name}`)
    await database.vacuum()
    console.log('The store is maintained.')
  } finally {
    await database.close()
  }
}
