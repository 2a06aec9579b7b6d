import type { Settings } from '#config'
import { Maintenance } from '#maintenance'
import { onStore } from './on-store'

/** Does at once what a night does for everybody. Safe to run again, and beside servers. */
export async function maintain(settings: Settings): Promise<void> {
  await onStore(settings, async (product) => {
    const { steps } = await product.get(Maintenance, { strict: false }).run()
    for (const line of steps.flatMap(({ did }) => did)) console.log(line)
    const failed = steps.filter(({ error }) => error !== null)
    for (const { name, error } of failed) console.error(`The step ${name} failed: ${error}`)
    if (failed.length > 0) process.exitCode = 1
    else console.log('The store is maintained.')
  })
}
