import type { DynamicModule } from '@nestjs/common'
import type { Logger } from 'pino'
import { AccessModule } from '#access'
import type { Settings } from '#config'
import { apiWorks, libsOf } from '../composition/libs'
import { ApiModule } from './api.module'

/** The whole product behind HTTP. */
export function appModule(settings: Settings, logger: Logger): DynamicModule {
  const { security, store } = settings
  const redis = store.backend === 'postgres' ? { url: store.redisUrl!, caFile: store.redisCa, prefix: store.redisPrefix } : undefined
  const access = AccessModule.forRoot({ requests: security.requestsPerMinute, wrongKeys: security.wrongKeysPerMinute, redis })
  return ApiModule.forRoot(logger, [...libsOf(settings, apiWorks(settings)), access])
}
