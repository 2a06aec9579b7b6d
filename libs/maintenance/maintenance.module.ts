import { type DynamicModule, Module } from '@nestjs/common'
import { Database } from '#database'
import { Clock } from '#kernel'
import { Maintenance } from './maintenance'
import { MaintenanceHandler, MaintenanceScheduler } from './nightly'
import { MaintenanceSettings } from './settings'
import { maintenanceOf } from './steps'

@Module({})
export class MaintenanceModule {
  /** @param work whether this process plans nights and does the jobs, or only tells what was done */
  static forRoot(settings: MaintenanceSettings, work: boolean): DynamicModule {
    return {
      module: MaintenanceModule,
      providers: [
        { provide: MaintenanceSettings, useValue: settings },
        { provide: Maintenance, inject: [Database, Clock], useFactory: (database: Database, clock: Clock) => maintenanceOf(database, clock, settings) },
        ...(work ? [MaintenanceHandler, MaintenanceScheduler] : []),
      ],
      exports: [Maintenance],
    }
  }
}
