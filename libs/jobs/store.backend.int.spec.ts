import { openTestDatabase, type TestDatabase } from '../database/testing'
import { MIGRATIONS } from '../../migrations'
import { jobQueueContract } from './job-queue.contract'
import { StoreBackend } from './store.backend'

const ANA = { userId: '018f0000-0000-7000-8000-000000000001' }

describe('jobs in the store', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase({ migrations: MIGRATIONS })
  })
  afterAll(() => database?.close())

  jobQueueContract(() => new StoreBackend(database), (work) => database.sql.transaction(ANA, work))
})
