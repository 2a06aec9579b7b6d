import { type DynamicModule, Module } from '@nestjs/common'
import { EpisodicMemoryModule } from '#episodic-memory'
import { EntitiesModule } from '#entities'
import { GraphMemoryModule } from '#graph-memory'
import { Amendments } from './amendments'
import { CollectionNames } from './collection-names'
import { Collections } from './collections'
import { Connections } from './connections'
import { CorrectService } from './correct.service'
import { Echoes } from './echoes'
import { Gate } from './gate'
import { Known } from './known'
import { RememberService } from './remember.service'
import { Requests } from './requests'
import { RememberSettings } from './settings'
import { Suggestions } from './suggestions'
import { Tiers } from './tiers'
import { TraceRecorder } from './trace-recorder'

@Module({})
export class RememberModule {
  static forRoot(settings: RememberSettings): DynamicModule {
    return {
      module: RememberModule,
      imports: [EpisodicMemoryModule, GraphMemoryModule, EntitiesModule],
      providers: [{ provide: RememberSettings, useValue: settings }, RememberService, CorrectService, Amendments, CollectionNames, Collections, Connections, Echoes, Gate, Known,
        Requests, Suggestions, Tiers, TraceRecorder],
      exports: [RememberService, Collections, CorrectService, Connections],
    }
  }
}
