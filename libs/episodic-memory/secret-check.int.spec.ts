import { openTestDatabase, type TestDatabase } from '../database/testing'
import { FixedClock, newId, Secrets, StartupError, userUuid } from '#kernel'
import { MIGRATIONS } from '../../migrations'
import { SecretCheck } from './secret-check'

const NOW = new Date('2025-06-01T10:00:00Z')
const CURE = 'Look under the mat.'

describe('the check of a store\'s secret', () => {
  let database: TestDatabase
  const ana = userUuid('ana')
  const open = (secret: string, accept = false): Promise<boolean> =>
    new SecretCheck(database.sql, new Secrets(secret), new FixedClock(NOW)).open(CURE, accept)
  const refusalOf = (secret: string): Promise<StartupError> => open(secret).then(() => Promise.reject(new Error('it opened')), (error: StartupError) => error)
  const bury = (): Promise<number> => database.sql.run({ userId: ana },
    'insert into memory_tombstone (user_id, id, content_key, key_version, trace_id, at) values ($1, $2, $3, 1, $2, $4)', [ana, newId(NOW), Buffer.alloc(32), NOW])

  beforeAll(async () => {
    database = await openTestDatabase({ migrations: MIGRATIONS })
  })
  afterAll(() => database?.close())
  beforeEach(async () => {
    await database.sql.run('maintenance', 'delete from setting')
    await database.sql.run('maintenance', 'delete from memory_tombstone')
  })

  it('lets a store be opened with its own secret again and again', async () => {
    expect(await open('the first secret')).toBe(false)
    await bury()
    expect(await open('the first secret')).toBe(false)
  })

  it('lets an empty store change its secret', async () => {
    await open('the first secret')
    expect(await open('the second secret')).toBe(false)
    await bury()
    expect(await open('the second secret')).toBe(false)
    expect(await refusalOf('the first secret')).toBeInstanceOf(StartupError)
  })

  it('refuses another secret where something was forgotten or remembered, with the cure', async () => {
    await open('the first secret')
    await bury()
    const { message, cure } = await refusalOf('the second secret')
    expect(message).toContain('what was forgotten could come back')
    expect(cure).toContain(CURE)
    expect(cure).toContain('APP_SECRET_CHANGED=accept')
    expect(message + cure).not.toContain('the second secret')
    expect(await open('the first secret')).toBe(false)
  })

  it('takes another secret for good when its loss is accepted', async () => {
    await open('the first secret')
    await bury()
    expect(await open('the second secret', true)).toBe(true)
    expect(await open('the second secret', true)).toBe(false)
    expect(await refusalOf('the first secret')).toBeInstanceOf(StartupError)
  })

  it('keeps neither the secret nor a key that is used for anything else', async () => {
    await open('the first secret')
    const [row] = await database.sql.many<{ text: string }>('maintenance', 'select value::text as text from setting')
    const secrets = new Secrets('the first secret')
    for (const kept of ['the first secret', secrets.key('secret check').toString('base64'), secrets.key('tombstone').toString('base64')]) {
      expect(row!.text).not.toContain(kept)
    }
  })
})
