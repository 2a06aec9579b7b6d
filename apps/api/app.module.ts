import type { DynamicModule } from '@nestjs/common'
import type { Logger } from 'pino'
import type { Settings } from '#config'
import { apiWorks, libsOf } from '../composition/libs'
import { ApiModule } from './api.module'

/** The whole product behind HTTP. */
export function appModule(settings: Settings, logger: Logger): DynamicModule {
  return ApiModule.forRoot(logger, libsOf(settings, apiWorks(settings)))
}
