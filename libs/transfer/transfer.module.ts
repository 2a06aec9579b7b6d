import { type DynamicModule, Module } from '@nestjs/common'
import { EpisodicMemoryModule } from '#episodic-memory'
import { GraphMemoryModule } from '#graph-memory'
import { ExportService } from './export.service'
import { ImportCheck } from './import.check'
import { ImportService } from './import.service'
import { KeptStore } from './kept.store'
import { Places } from './places'
import { TransferSettings } from './settings'
import { TraceDrafts } from './trace.drafts'
import { TraceRestorer } from './trace.restorer'

@Module({})
export class TransferModule {
  static forRoot(settings: TransferSettings): DynamicModule {
    return {
      module: TransferModule,
      imports: [EpisodicMemoryModule, GraphMemoryModule],
      providers: [{ provide: TransferSettings, useValue: settings }, ExportService, ImportService, ImportCheck, KeptStore, Places, TraceDrafts, TraceRestorer],
      exports: [ExportService, ImportService],
    }
  }
}
