import 'reflect-metadata'
import { loadSettings } from '#config'
import { appModule } from './app.module'
import { createLogger } from './http/logging'
import { endWith, startFailure } from '../composition/ending'
import { serve } from './serve'

async function main(): Promise<void> {
  const settings = loadSettings()
  const logger = createLogger(settings)
  const server = await serve(appModule(settings, logger), settings, logger)
  endWith(server, logger, process)
  console.log(server.line)
}

main().catch((error: unknown) => {
  console.error(startFailure(error))
  process.exit(1)
})
