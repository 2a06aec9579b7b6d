import { Module } from '@nestjs/common'
import { EpisodicMemoryModule } from '#episodic-memory'
import { Eraser } from './eraser'
import { ForgetService } from './forget.service'
import { Ledger } from './ledger'
import { Selection } from './selection'

@Module({ imports: [EpisodicMemoryModule], providers: [ForgetService, Selection, Eraser, Ledger], exports: [ForgetService] })
export class ForgetModule {}
