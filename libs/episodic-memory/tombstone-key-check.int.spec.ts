import { FixedClock, newId, Secrets, StartupError, userOf, userUuid } from '#kernel'
import { MIGRATIONS } from '../../migrations'
import { openTestDatabase, type TestDatabase } from '../database/testing'
import { TombstoneKeyCheck } from './tombstone-key-check'
import { TOMBSTONE, Tombstones } from './tombstones'
import { hashesOf, RECIPES } from './tombstone-recipes'

const NOW = new Date('2025-06-01T10:00:00Z')
const TEXT = 'The safe opens with four quiet turns left'

describe('keys of tombstones', () => {
  let database: TestDatabase
  const ana = userOf('ana')
  beforeAll(async () => {
    database = await openTestDatabase({ migrations: MIGRATIONS })
  })
  afterAll(() => database?.close())
  beforeEach(async () => {
    await database.sql.run('maintenance', 'delete from setting')
    await database.sql.run('maintenance', 'delete from memory_tombstone')
  })

  const clock = new FixedClock(NOW)
  const secretsOf = (...own: string[]): Secrets => new Secrets('the secret of the store', { [TOMBSTONE]: own })
  const open = (secrets: Secrets, accept = false): Promise<number> => new TombstoneKeyCheck(database.sql, secrets, clock).open(accept)
  const stones = (secrets: Secrets): Tombstones => new Tombstones(database.sql, secrets, clock)
  const bury = async (secrets: Secrets, recipe = RECIPES[0]): Promise<void> => {
    const { id: keyId, key } = secrets.ring(TOMBSTONE)[0]!
    const { text, source, knowledge } = hashesOf(key, recipe.imprints({ content: TEXT }))
    const stone = { id: newId(NOW), traceId: userUuid('trace'), at: NOW, reason: null, recipe: recipe.number, keyId, holds: ['text'] as const }
    await stones(secrets).insert(ana.id, [{ ...stone, contentKey: text!, sourceKey: source, knowledgeKey: knowledge }])
  }
  const blocked = async (secrets: Secrets): Promise<boolean> => (await stones(secrets).block(ana, [{ content: TEXT.toUpperCase() }]))[0]!

  it('are that of APP_SECRET unless one is set, and then it still counts', async () => {
    await bury(secretsOf())
    expect(await open(secretsOf())).toBe(0)
    expect(await open(secretsOf('a key of its own'))).toBe(0)
    expect(await blocked(secretsOf('a key of its own'))).toBe(true)
    expect(await blocked(new Secrets('another secret', { [TOMBSTONE]: ['a key of its own'] }))).toBe(false)
  })

  it('follow each other: the first writes, all are asked', async () => {
    await open(secretsOf('the first key'))
    await bury(secretsOf('the first key'))
    const both = secretsOf('the second key', 'the first key')
    expect(await open(both)).toBe(0)
    expect(await blocked(both)).toBe(true)
    expect(both.ring(TOMBSTONE)[0]).toEqual(secretsOf('the second key').ring(TOMBSTONE)[0])
  })

  it('are missed at the start when tombstones were made with them, with the cure, until they are lost for good', async () => {
    await open(secretsOf('the first key'))
    await bury(secretsOf('the first key'))
    const error = await open(secretsOf('the second key')).catch((cause: unknown) => cause as StartupError)
    expect(error).toBeInstanceOf(StartupError)
    const { message, cure } = error as StartupError
    expect(message).toMatch(/^A tombstone of this store/)
    expect(message).toContain(secretsOf('the first key').ring(TOMBSTONE)[0]!.id)
    expect(cure).toMatch(/TOMBSTONE_KEY.*APP_SECRET_CHANGED=accept/)
    expect(message + cure).not.toMatch(/the (first|second) key/)
    expect(await open(secretsOf('the second key'), true)).toBe(1)
    expect(await open(secretsOf('the second key'))).toBe(0)
  })

  it('may go when nothing was buried with them', async () => {
    await open(secretsOf('the first key'))
    expect(await open(secretsOf())).toBe(0)
  })

  it.each(RECIPES.map((recipe) => [recipe.number, recipe] as const))('keep away what was buried by recipe %i', async (_, recipe) => {
    await bury(secretsOf(), recipe)
    expect(await blocked(secretsOf())).toBe(true)
  })
})
