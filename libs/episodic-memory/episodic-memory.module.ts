import { Module } from '@nestjs/common'
import { CitedFacts } from './cited-facts'
import { EmbeddingBackfill } from './embedding-backfill'
import { EmbeddingStore } from './embedding.store'
import { SecretCheck } from './secret-check'
import { SessionReader, SessionStore } from './session.store'
import { StatsReader } from './stats.reader'
import { TombstoneKeyCheck } from './tombstone-key-check'
import { Tombstones } from './tombstones'
import { TraceReader } from './trace.reader'
import { TraceStates } from './trace.states'
import { TraceWriter } from './trace.writer'
import { TraceVectors } from './trace-vectors'
import { UserStore } from './user.store'
import { VectorReader } from './vector.reader'
import { VectorIndexes } from './vector-indexes'

const STORES = [
  UserStore, SessionStore, SessionReader, TraceReader, TraceWriter, TraceStates, EmbeddingStore, TraceVectors, EmbeddingBackfill, StatsReader, SecretCheck,
  TombstoneKeyCheck, Tombstones, VectorIndexes, VectorReader, CitedFacts,
]

@Module({ providers: STORES, exports: STORES })
export class EpisodicMemoryModule {}
