import type { Database } from '#database'
import { ColdMonths, EmbeddingStore, ToldKinds, VectorIndexes } from '#episodic-memory'
import type { Clock } from '#kernel'
import { Maintenance } from './maintenance'
import type { MaintenanceStep } from './maintenance.types'
import type { MaintenanceSettings } from './settings'

/** Months after this one whose partitions are there before something happens in them: no write waits for the making of one. */
const MONTHS_AHEAD = 2
const INDEXES_BUSY = 'left the indexes alone: another process is at them'

type StoreSettings = Pick<MaintenanceSettings, 'ages' | 'indexThreshold'>

/** Maintenance of a store, after the steps of others. */
export function maintenanceOf(database: Database, clock: Clock, settings: StoreSettings, first: readonly MaintenanceStep[] = []): Maintenance {
  return new Maintenance(database.sql, clock, [...first, ...stepsOf(database, clock, settings)])
}

/** What a night does, in this order: what others leave behind is vacuumed at the end. */
function stepsOf(database: Database, clock: Clock, { ages, indexThreshold: threshold }: StoreSettings): MaintenanceStep[] {
  const embeddings = new EmbeddingStore(database.sql)
  const cold = new ColdMonths(database.sql, clock)
  const kinds = new ToldKinds(database.sql)
  const indexes = new VectorIndexes(database, database.sql, clock)
  return [
    {
      name: 'months',
      run: async () => (await embeddings.ensureMonths(monthsFrom(clock.now()))).map((name) => `made ${name}`),
    },
    {
      name: 'cold',
      run: async (signal) => (await cold.thin(ages, signal)).map(({ month, traces }) => `dropped vectors of names and scenes of ${counted(traces, 'memory', 'memories')} in ${month}`),
    },
    {
      name: 'kinds',
      run: async (signal) => {
        const noted = await kinds.note(signal)
        return noted === 0 ? [] : [`noted which kinds of answer ${counted(noted, 'memory tells', 'memories tell')} of`]
      },
    },
    {
      name: 'indexes',
      run: async () => {
        if (!database.maintain) return []
        const changes = await indexes.maintain({ threshold })
        return changes ? [...told('built', changes.built), ...told('dropped', changes.dropped)] : [INDEXES_BUSY]
      },
    },
    {
      name: 'vacuum',
      run: async () => {
        await database.vacuum()
        return []
      },
    },
  ]
}

/** An instant in this month, and in those ahead. */
function monthsFrom(now: Date): Date[] {
  return Array.from({ length: 1 + MONTHS_AHEAD }, (_, i) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + i)))
}

/** Names of indexes hold users' ids, which are not for everybody who may read a status. */
function told(did: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${did} ${counted(names.length, 'index', 'indexes')} over vectors`]
}

function counted(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`
}
