export { openTestDatabase, type TestDatabase, type TestDatabaseOptions } from './test-database'
