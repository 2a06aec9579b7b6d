import type { Settings } from '#config'
import { openDatabase } from '#database'
import { SystemClock } from '#kernel'
import { maintenanceOf } from '#maintenance'
import { databaseOf, maintenanceSettings } from '../composition/libs'

/** Does at once what a night does for the store. Safe to run again, and beside servers. */
export async function maintain(settings: Settings): Promise<void> {
  const database = await openDatabase(databaseOf(settings))
  try {
    const { steps } = await maintenanceOf(database, new SystemClock(), maintenanceSettings(settings)).run()
    for (const line of steps.flatMap(({ did }) => did)) console.log(line)
    const failed = steps.filter(({ error }) => error !== null)
    for (const { name, error } of failed) console.error(`The step ${name} failed: ${error}`)
    if (failed.length > 0) process.exitCode = 1
    else console.log('The store is maintained.')
  } finally {
    await database.close()
  }
}
