import { type DynamicModule, Module } from '@nestjs/common'
import { ScheduleModule } from '@nestjs/schedule'
import { EpisodicMemoryModule } from '#episodic-memory'
import { GraphMemoryModule } from '#graph-memory'
import { DayStore } from './day.store'
import { DreamScheduler } from './dream.scheduler'
import { DreamService } from './dream.service'
import { Dreamer } from './dreamer'
import { DreamNightHandler, DreamRunHandler } from './handlers'
import { Night } from './night'
import { RunStore } from './run.store'
import { DreamSettings } from './settings'
import { SummaryWriter } from './summary.writer'

@Module({})
export class DreamModule {
  /** @param work whether this process plans nights and dreams, or only takes orders */
  static forRoot(settings: DreamSettings, work: boolean): DynamicModule {
    return {
      module: DreamModule,
      imports: [EpisodicMemoryModule, GraphMemoryModule, ...(work ? [ScheduleModule.forRoot()] : [])],
      providers: [
        { provide: DreamSettings, useValue: settings }, DreamService, Dreamer, DayStore, RunStore, SummaryWriter,
        ...(work ? [Night, DreamRunHandler, DreamNightHandler, DreamScheduler] : []),
      ],
      exports: [DreamService],
    }
  }
}
