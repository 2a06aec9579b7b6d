import { Module } from '@nestjs/common'
import { EpisodicMemoryModule } from '#episodic-memory'
import { GraphMemoryModule } from '#graph-memory'
import { Entities } from './entities'
import { EntityStore } from './entity.store'

@Module({ imports: [EpisodicMemoryModule, GraphMemoryModule], providers: [Entities, EntityStore], exports: [Entities] })
export class EntitiesModule {}
