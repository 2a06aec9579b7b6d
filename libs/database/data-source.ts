import type { PoolConfig } from 'pg'
import { AbstractLogger, DataSource } from 'typeorm'
import type { MigrationClass } from './migrate'
import type { PgDriver } from './pglite.driver'

export interface Schema {
  readonly migrations?: readonly MigrationClass[]
  readonly entities?: readonly (new () => object)[]
}

/** What goes wrong is thrown; TypeORM's own log would write it to the standard output as well, between the service's lines. */
class SilentLogger extends AbstractLogger {
  protected writeLog(): void {}
}

/** TypeORM over a driver of ours; not yet initialised. The schema is made by migrations alone. */
export function createDataSource(driver: PgDriver, pool: PoolConfig, { migrations = [], entities = [] }: Schema): DataSource {
  return new DataSource({
    type: 'postgres',
    driver,
    extra: pool,
    migrations: [...migrations],
    entities: [...entities],
    migrationsTableName: 'migration',
    synchronize: false,
    installExtensions: false,
    logger: new SilentLogger(),
  })
}
