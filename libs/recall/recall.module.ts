import { type DynamicModule, Module } from '@nestjs/common'
import { EpisodicMemoryModule } from '#episodic-memory'
import { RecallService } from './recall.service'
import { Reinforcement } from './reinforcement'
import { RecallSettings } from './settings'

@Module({})
export class RecallModule {
  static forRoot(settings: RecallSettings): DynamicModule {
    return {
      module: RecallModule,
      imports: [EpisodicMemoryModule],
      providers: [{ provide: RecallSettings, useValue: settings }, RecallService, Reinforcement],
      exports: [RecallService, Reinforcement],
    }
  }
}
