import { type DynamicModule, Injectable, Logger as NestLogger, Module, type OnModuleInit } from '@nestjs/common'
import { ScheduleModule } from '@nestjs/schedule'
import { ConfigModule, loadAppSecret, secretCure, Settings } from '#config'
import { type DatabaseOptions, DatabaseModule } from '#database'
import { DreamModule, DreamSchedule, DreamSettings } from '#dream'
import { Embedder, EmbeddingsModule } from '#embeddings'
import { EmbeddingStore, EpisodicMemoryModule, SecretCheck, TOMBSTONE, TombstoneKeyCheck } from '#episodic-memory'
import { ForgetModule, Replay } from '#forget'
import { GraphMemoryModule } from '#graph-memory'
import { JobsModule } from '#jobs'
import { Clock, Secrets, SystemClock } from '#kernel'
import { LlmModule } from '#llm'
import { MaintenanceModule, type MaintenanceSettings } from '#maintenance'
import { RecallModule, RecallSettings } from '#recall'
import { RememberModule, RememberSettings } from '#remember'
import { TransferModule, TransferSettings } from '#transfer'
import { WorkingMemoryModule } from '#working-memory'
import { MIGRATIONS, SERVES_SINCE } from '../../migrations'
import { EmbedderCheck } from './embedder-check'
import { ExpiredTasks, ForgottenSince, OldDiaries, Purging } from './endings'
import { redisOf } from './redis'

/**
 * Checks, before anything is served, that the store was written with this secret and with vectors of the model that is configured, and forgets
 * what the ledger tells that a restored store does not know.
 */
@Injectable()
class StoreCheck implements OnModuleInit {
  private readonly logger = new NestLogger(StoreCheck.name)

  constructor(
    private readonly secret: SecretCheck,
    private readonly keys: TombstoneKeyCheck,
    private readonly store: EmbeddingStore,
    private readonly ledger: Replay,
    private readonly embedder: Embedder,
    private readonly settings: Settings,
  ) {}

  async onModuleInit(): Promise<void> {
    const accept = this.settings.security.secretChanged === 'accept'
    const lost = await this.secret.open(secretCure(this.settings), accept)
    const deaf = await this.keys.open(accept)
    if (lost) this.logger.warn('the store has a new secret: what was forgotten under the former one is no longer kept away; take APP_SECRET_CHANGED out again')
    else if (deaf > 0) this.logger.warn(`the key of ${deaf} tombstones is lost: what they are for is no longer kept away; take APP_SECRET_CHANGED out again`)
    await this.store.open(this.embedder.model, this.embedder.dim, this.settings.embedding.precision)
    await this.ledger.run()
  }
}

@Module({})
class PlatformModule {
  static forRoot(secrets: Secrets, forget: DynamicModule): DynamicModule {
    return {
      module: PlatformModule,
      global: true,
      imports: [EpisodicMemoryModule, forget],
      providers: [{ provide: Clock, useClass: SystemClock }, { provide: Secrets, useValue: secrets }, StoreCheck, EmbedderCheck],
      exports: [Clock, Secrets],
    }
  }
}

/** The store that is configured, and the schema that this build works on. */
export function databaseOf({ store }: Pick<Settings, 'store'>): DatabaseOptions {
  const schema = { migrations: MIGRATIONS, servesSince: SERVES_SINCE, migrate: store.migrate }
  return store.backend === 'postgres'
    ? { backend: 'postgresql', url: store.databaseUrl!, caFile: store.databaseCa, poolMax: store.poolMax, timeoutMs: store.databaseTimeoutMs, ...schema }
    : { backend: 'embedded', dataDir: store.dataDir, reserveBytes: store.diskReserveMb * 2 ** 20, ...schema }
}

/** When dreams are, by the settings. */
export function scheduleOf({ memory }: Pick<Settings, 'memory'>): DreamSchedule {
  return new DreamSchedule(memory.dreamSchedule === 'off' ? undefined : memory.dreamSchedule)
}

/** What maintenance is told of the settings. */
export function maintenanceSettings({ memory }: Pick<Settings, 'memory'>): MaintenanceSettings {
  const { hotDays, coldDays, indexThreshold, timeZone, maintenanceSchedule } = memory
  return { schedule: maintenanceSchedule === 'off' ? undefined : maintenanceSchedule, timeZone, ages: { hotDays, coldDays }, indexThreshold }
}

/** Whether who serves also works: embedded there is one process for all. */
export function apiWorks({ store }: Pick<Settings, 'store'>): boolean {
  return store.backend === 'embedded'
}

/**
 * The whole product but for the way in: which parts there are, and what each needs of the settings.
 * @param work whether this process does the jobs
 */
export function libsOf(settings: Settings, work: boolean): NonNullable<DynamicModule['imports']> {
  const { store, memory, embedding, llm } = settings
  const dreams = DreamModule.forRoot(new DreamSettings(scheduleOf(settings), memory.timeZone, memory.undoDays), work)
  const forget = ForgetModule.forRoot(store.ledger)
  const redis = redisOf(store)
  return [
    ConfigModule.forRoot(settings),
    DatabaseModule.forRoot(databaseOf(settings)),
    PlatformModule.forRoot(new Secrets(loadAppSecret(settings), { [TOMBSTONE]: settings.security.tombstoneKeys }), forget),
    // The embedded store belongs to one process, and so do its jobs.
    JobsModule.forRoot({ redis: redis && { ...redis, url: store.jobsRedisUrl ?? redis.url }, consume: work }),
    EmbeddingsModule.forRoot({ ...embedding }),
    LlmModule.forRoot(llm),
    WorkingMemoryModule.forRoot({ maxItems: memory.focusMaxItems, ttlSeconds: memory.focusTtlSeconds, redis }),
    EpisodicMemoryModule,
    GraphMemoryModule,
    RememberModule.forRoot(new RememberSettings(memory.salienceThreshold, memory.taskDays, memory.timeZone)),
    RecallModule.forRoot(new RecallSettings(memory, memory.timeZone)),
    forget,
    TransferModule.forRoot(new TransferSettings(memory.timeZone)),
    dreams,
    MaintenanceModule.forRoot(maintenanceSettings(settings), work, { imports: [forget, dreams], steps: [ForgottenSince, ExpiredTasks, OldDiaries, Purging] }),
    // Once for all: each would run every job that is timed anywhere.
    ...(work ? [ScheduleModule.forRoot()] : []),
  ]
}
