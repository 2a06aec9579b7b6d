import { type DynamicModule, Module } from '@nestjs/common'
import { EpisodicMemoryModule } from '#episodic-memory'
import { GraphMemoryModule } from '#graph-memory'
import { GraphReader } from './graph.reader'
import { RecallLog } from './recall-log'
import { RecallService } from './recall.service'
import { Reinforcement } from './reinforcement'
import { RecallSettings } from './settings'

@Module({})
export class RecallModule {
  static forRoot(settings: RecallSettings): DynamicModule {
    return {
      module: RecallModule,
      imports: [EpisodicMemoryModule, GraphMemoryModule],
      providers: [{ provide: RecallSettings, useValue: settings }, RecallService, Reinforcement, RecallLog, GraphReader],
      exports: [RecallService, Reinforcement, RecallLog, GraphReader],
    }
  }
}
