import 'reflect-metadata'
import { loadSettings } from '#config'
import { createLogger } from '../api/http/logging'
import { endWith, startFailure } from '../composition/ending'
import { work } from './work'

async function main(): Promise<void> {
  const settings = loadSettings()
  const logger = createLogger(settings)
  const worker = await work(settings, logger)
  endWith(worker, logger, process)
  console.log(worker.line)
}

main().catch((error: unknown) => {
  console.error(startFailure(error))
  process.exit(1)
})
