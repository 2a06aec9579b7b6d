export { makeVectorOlder } from './older-vector'
export { createOnServer, openTestDatabase, type TestDatabase, type TestDatabaseOptions, testServer } from './test-database'
export { copyTemplate } from './template'
