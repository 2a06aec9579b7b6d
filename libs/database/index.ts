export { Database, type Migrations, type StoreOptions } from './database'
export { DatabaseModule } from './database.module'
export { halfvecBinary } from './halfvec'
export { type Row, type Scope, Sql } from './sql'
