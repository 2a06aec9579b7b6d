import { type DynamicModule, Module } from '@nestjs/common'
import type { Settings } from '#config'
import { libsOf } from '../composition/libs'

/** The product without a way in: it plans nights and does the jobs. */
@Module({})
export class WorkerModule {
  static forRoot(settings: Settings): DynamicModule {
    return { module: WorkerModule, imports: libsOf(settings, true) }
  }
}
