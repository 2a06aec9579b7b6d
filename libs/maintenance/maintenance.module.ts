import { type DynamicModule, Module, type Type } from '@nestjs/common'
import { Database } from '#database'
import { Clock } from '#kernel'
import { Maintenance } from './maintenance'
import type { MaintenanceStep } from './maintenance.types'
import { MaintenanceHandler, MaintenanceScheduler } from './nightly'
import { MaintenanceSettings } from './settings'
import { maintenanceOf } from './steps'

/** Steps that are done before those of the store itself, and the modules of which they are made. */
export interface MoreSteps {
  readonly imports: NonNullable<DynamicModule['imports']>
  readonly steps: readonly Type<MaintenanceStep>[]
}

@Module({})
export class MaintenanceModule {
  /** @param work whether this process plans nights and does the jobs, or only tells what was done */
  static forRoot(settings: MaintenanceSettings, work: boolean, { imports, steps }: MoreSteps): DynamicModule {
    return {
      module: MaintenanceModule,
      imports,
      providers: [
        { provide: MaintenanceSettings, useValue: settings },
        ...steps,
        {
          provide: Maintenance, inject: [Database, Clock, ...steps],
          useFactory: (database: Database, clock: Clock, ...first: MaintenanceStep[]) => maintenanceOf(database, clock, settings, first),
        },
        ...(work ? [MaintenanceHandler, MaintenanceScheduler] : []),
      ],
      exports: [Maintenance],
    }
  }
}
