import type { DynamicModule } from '@nestjs/common'
import type { Logger } from 'pino'
import { AccessModule } from '#access'
import type { Settings } from '#config'
import { apiWorks, libsOf } from '../composition/libs'
import { redisOf } from '../composition/redis'
import { ApiModule } from './api.module'

/** The whole product behind HTTP. */
export function appModule(settings: Settings, logger: Logger): DynamicModule {
  const { requestsPerMinute: requests, wrongKeysPerMinute: wrongKeys } = settings.security
  const access = AccessModule.forRoot({ requests, wrongKeys, redis: redisOf(settings.store) })
  return ApiModule.forRoot(logger, [...libsOf(settings, apiWorks(settings)), access])
}
