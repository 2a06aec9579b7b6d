import { type DynamicModule, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common'
import { Database, type Migrations, type StoreOptions } from './database'
import { Sql } from './sql'

/** Closes the store after everything that uses it was told to stop. */
@Injectable()
class DatabaseLifetime implements OnApplicationShutdown {
  constructor(private readonly database: Database) {}

  async onApplicationShutdown(): Promise<void> {
    await this.database.close()
  }
}

/** The only place that knows which store there is. */
@Module({})
export class DatabaseModule {
  static forRoot(options: StoreOptions, migrations: Migrations): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [
        { provide: Database, useFactory: () => Database.open(options, migrations) },
        { provide: Sql, useFactory: (database: Database) => database.sql, inject: [Database] },
        DatabaseLifetime,
      ],
      exports: [Database, Sql],
    }
  }
}
