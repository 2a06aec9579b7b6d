import { type DynamicModule, Module } from '@nestjs/common'
import { Clock } from '#kernel'
import { FocusBuffer } from './focus-buffer'
import { InProcessFocusBuffer } from './in-process.focus-buffer'

/** The only place that chooses where working memory lives. */
@Module({})
export class WorkingMemoryModule {
  static forRoot(limits: { maxItems: number; ttlSeconds: number }): DynamicModule {
    return {
      module: WorkingMemoryModule,
      global: true,
      providers: [{ provide: FocusBuffer, useFactory: (clock: Clock) => new InProcessFocusBuffer(clock, limits), inject: [Clock] }],
      exports: [FocusBuffer],
    }
  }
}
