import { type DynamicModule, Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common'
import { DataSource } from 'typeorm'
import { Database, type DatabaseOptions, openDatabase } from './database'
import { Sql } from './sql'

/**
 * Provides Database, Sql and TypeORM's DataSource to the whole application, opened and migrated; closes them when it shuts
 * down. The application does not start (StartupError) when the store cannot be used.
 */
@Module({})
export class DatabaseModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Inject(Database) private readonly database: Database) {}

  static forRoot(options: DatabaseOptions): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [
        { provide: Database, useFactory: () => openDatabase(options) },
        { provide: Sql, useFactory: (database: Database) => database.sql, inject: [Database] },
        { provide: DataSource, useFactory: (database: Database) => database.dataSource, inject: [Database] },
      ],
      exports: [Database, Sql, DataSource],
    }
  }

  onApplicationBootstrap(): void {
    this.database.started()
  }

  onApplicationShutdown(): Promise<void> {
    return this.database.close()
  }
}
