import { type DynamicModule, Module } from '@nestjs/common'
import { EntitiesModule } from '#entities'
import { EpisodicMemoryModule } from '#episodic-memory'
import { GraphMemoryModule } from '#graph-memory'
import { Clock } from '#kernel'
import { DerivedReader } from './derived.reader'
import { Diary } from './diary'
import { Eraser } from './eraser'
import { Erasures } from './erasures'
import { Expiry } from './expiry'
import { ForgetService } from './forget.service'
import { Ledger } from './ledger/ledger'
import { LedgerFile } from './ledger/ledger.file'
import { LedgerStore } from './ledger/ledger.store'
import { Redo } from './ledger/redo'
import { Replay } from './ledger/replay'
import { Lifter } from './lifter'
import { Mind } from './mind'
import { Purge } from './purge'
import { Receipts } from './receipts'
import { Removal } from './removal'
import { Rewriter } from './rewriter'
import { Selection } from './selection'

const FLOW = [ForgetService, Expiry, Selection, Eraser, Erasures, Removal, Lifter, Mind, Purge, Receipts, Rewriter, DerivedReader, Diary]
const LEDGER = [Ledger, LedgerStore, Redo, Replay]

@Module({})
export class ForgetModule {
  /** @param ledger path of the file outside of the store that is told what is forgotten; without one nothing is */
  static forRoot(ledger: string | undefined): DynamicModule {
    return {
      module: ForgetModule,
      imports: [EpisodicMemoryModule, GraphMemoryModule, EntitiesModule],
      providers: [...FLOW, ...LEDGER, { provide: LedgerFile, useFactory: (clock: Clock) => new LedgerFile(ledger, clock), inject: [Clock] }],
      exports: [ForgetService, Lifter, Expiry, Purge, Receipts, Replay],
    }
  }
}
