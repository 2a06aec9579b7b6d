import { type DynamicModule, Module } from '@nestjs/common'
import { EpisodicMemoryModule } from '#episodic-memory'
import { GraphMemoryModule } from '#graph-memory'
import { CorrectService } from './correct.service'
import { EmbeddingBackfill } from './embedding-backfill'
import { Known } from './known'
import { RememberService } from './remember.service'
import { RememberSettings } from './settings'
import { TraceRecorder } from './trace-recorder'
import { TraceVectors } from './trace-vectors'

@Module({})
export class RememberModule {
  static forRoot(settings: RememberSettings): DynamicModule {
    return {
      module: RememberModule,
      imports: [EpisodicMemoryModule, GraphMemoryModule],
      providers: [{ provide: RememberSettings, useValue: settings }, RememberService, CorrectService, EmbeddingBackfill, Known, TraceRecorder, TraceVectors],
      exports: [RememberService, CorrectService, EmbeddingBackfill],
    }
  }
}
