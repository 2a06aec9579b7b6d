import { Module } from '@nestjs/common'
import { EdgeReader, EdgeStore } from './edge.store'

@Module({ providers: [EdgeStore, EdgeReader], exports: [EdgeStore, EdgeReader] })
export class GraphMemoryModule {}
