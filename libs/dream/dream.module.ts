import { type DynamicModule, Module, type Type } from '@nestjs/common'
import { EpisodicMemoryModule } from '#episodic-memory'
import { GraphMemoryModule } from '#graph-memory'
import { AbstractPhase } from './abstract/abstract.phase'
import { SummaryReader } from './abstract/summary.reader'
import { DayStore } from './day.store'
import { Applier } from './diary/applier'
import { DiaryClosing } from './diary/diary.closing'
import { DiaryStore } from './diary/diary.store'
import { DiaryWriter } from './diary/diary.writer'
import { Reverter } from './diary/reverter'
import { DreamScheduler } from './dream.scheduler'
import { DreamService } from './dream.service'
import { Dreamer } from './dreamer'
import { GeneralisePhase } from './generalise/generalise.phase'
import { KnowledgeStore } from './generalise/knowledge.store'
import { NeighbourhoodStore } from './generalise/neighbourhood.store'
import { DreamNightHandler, DreamRunHandler } from './handlers'
import { FactReader } from './link/fact.reader'
import { LinkPhase } from './link/link.phase'
import { NeighbourReader } from './link/neighbour.reader'
import { Night } from './night'
import { Performer } from './performer'
import { type DreamPhase, PLANNING } from './phase'
import { PlanStore } from './plan.store'
import { PrunePhase } from './prune/prune.phase'
import { DayReader } from './reading/reader'
import { ReplayPhase } from './replay/replay.phase'
import { Segmenter } from './replay/segmenter'
import { DuplicateReader } from './resolve/duplicate.reader'
import { ResolvePhase } from './resolve/resolve.phase'
import { RunStore } from './run.store'
import { DreamSettings } from './settings'
import { Undo } from './undo'
import { Vocabulary } from './vocabulary'
import { WeighPhase } from './weigh/weigh.phase'
import { WeighReader } from './weigh/weigh.reader'

/** The phases that plan, in the order of PHASES. */
const PHASES_HERE: Type<DreamPhase>[] = [ReplayPhase, AbstractPhase, LinkPhase, GeneralisePhase, ResolvePhase, WeighPhase, PrunePhase]
/** What they read with. */
const READERS = [Segmenter, SummaryReader, FactReader, NeighbourReader, KnowledgeStore, NeighbourhoodStore, DayReader, DuplicateReader, WeighReader, Vocabulary]

@Module({})
export class DreamModule {
  /** @param work whether this process plans nights and dreams, or only takes orders */
  static forRoot(settings: DreamSettings, work: boolean): DynamicModule {
    return {
      module: DreamModule,
      imports: [EpisodicMemoryModule, GraphMemoryModule],
      providers: [
        { provide: DreamSettings, useValue: settings }, DreamService, Dreamer, Performer, DayStore, RunStore, PlanStore, DiaryStore, DiaryWriter, DiaryClosing,
        Applier, Reverter, Undo, ...READERS, ...PHASES_HERE, { provide: PLANNING, useFactory: (...phases: DreamPhase[]) => phases, inject: PHASES_HERE },
        ...(work ? [Night, DreamRunHandler, DreamNightHandler, DreamScheduler] : []),
      ],
      exports: [DreamService, DiaryClosing],
    }
  }
}
