import { Module } from '@nestjs/common'
import { EntitiesModule } from '#entities'
import { EpisodicMemoryModule } from '#episodic-memory'
import { GraphMemoryModule } from '#graph-memory'
import { DerivedReader } from './derived.reader'
import { Diary } from './diary'
import { Eraser } from './eraser'
import { Erasures } from './erasures'
import { Expiry } from './expiry'
import { ForgetService } from './forget.service'
import { Lifter } from './lifter'
import { Mind } from './mind'
import { Purge } from './purge'
import { Receipts } from './receipts'
import { Rewriter } from './rewriter'
import { Selection } from './selection'

@Module({
  imports: [EpisodicMemoryModule, GraphMemoryModule, EntitiesModule],
  providers: [ForgetService, Expiry, Selection, Eraser, Erasures, Lifter, Mind, Purge, Receipts, Rewriter, DerivedReader, Diary],
  exports: [ForgetService, Lifter, Expiry, Purge, Receipts],
})
export class ForgetModule {}
