import { Module } from '@nestjs/common'
import { EntitiesModule } from '#entities'
import { EpisodicMemoryModule } from '#episodic-memory'
import { GraphMemoryModule } from '#graph-memory'
import { DerivedReader } from './derived.reader'
import { Diary } from './diary'
import { Eraser } from './eraser'
import { Expiry } from './expiry'
import { ForgetService } from './forget.service'
import { Lifter } from './lifter'
import { Mind } from './mind'
import { Receipts } from './receipts'
import { Rewriter } from './rewriter'
import { Selection } from './selection'

@Module({
  imports: [EpisodicMemoryModule, GraphMemoryModule, EntitiesModule],
  providers: [ForgetService, Expiry, Selection, Eraser, Lifter, Mind, Receipts, Rewriter, DerivedReader, Diary],
  exports: [ForgetService, Lifter, Expiry, Receipts],
})
export class ForgetModule {}
