import { Database } from '#database'
import { Maintenance, maintenanceOf, type MaintenanceReport, type MaintenanceStep } from '#maintenance'
import { userOf } from '#kernel'
import { type RecallAnswer, RecallService, Reinforcement } from '#recall'
import { RememberService } from '#remember'
import { testServer } from '../libs/database/testing'
import { type Flows, openFlows } from './support/flows'
import { Store } from './support/store'

const AGES = { hotDays: 30, coldDays: 365 }
const RECORDED = '2023-01-10T12:00:00Z'
const NOW = '2025-05-15T12:00:00Z'

const ana = userOf('ana')
const ben = userOf('ben')

describe('maintenance', () => {
  let flows: Flows
  let store: Store
  let maintenance: Maintenance
  beforeAll(async () => {
    flows = await openFlows(RECORDED)
    store = new Store(flows.sql)
    maintenance = maintenanceOf(flows.get(Database), flows.clock, { ages: AGES, indexThreshold: 20_000 })
  })
  beforeEach(async () => {
    flows.clock.set(new Date(RECORDED))
    for (const table of await store.tables()) await store.run(`delete from ${table}`)
  })
  afterAll(() => flows?.close())

  const did = async (name: string): Promise<readonly string[]> => (await maintenance.run()).steps.find((step) => step.name === name)!.did
  /** Remembers, with a salience that is not the gate's. @returns the id */
  const tell = async (content: string, salience: number, { user = ana, occurredAt = RECORDED } = {}): Promise<string> => {
    const { results } = await flows.get(RememberService).remember({ user, messages: [{ content, occurredAt: new Date(occurredAt) }] })
    await store.run('update memory_trace set salience = $2 where id = $1', [results[0]!.id, salience])
    return results[0]!.id!
  }
  const recall = async (query: string): Promise<RecallAnswer['results']> => {
    const { results } = await flows.get(RecallService)
      .recall({ user: ana, query, k: 2, filter: {}, threshold: 0, hops: 1, explain: false, includeSuperseded: false, reinforce: true })
    await flows.get(Reinforcement).idle()
    return results
  }
  /** Heads of which there are vectors, and of which there are signatures. */
  const heads = async (id: string): Promise<string[][]> => {
    const vectors = await flows.sql.many<{ head: string }>('maintenance', 'select head from memory_embedding where trace_id = $1 order by 1', [id])
    const [signs] = await flows.sql.many<Record<string, string | null>>('maintenance', 'select entity, semantic, situation from memory_signature where trace_id = $1', [id])
    return [vectors.map(({ head }) => head), Object.keys(signs!).filter((head) => signs![head] !== null)]
  }
  const ALL = [['entity', 'semantic', 'situation'], ['entity', 'semantic', 'situation']]
  const THINNED = [['semantic'], ['semantic']]

  it('does each of its steps, in order, and keeps its report', async () => {
    flows.clock.set(new Date(NOW))
    expect(await maintenance.last()).toBeUndefined()
    const report = await maintenance.run()
    const names = ['months', 'cold', 'kinds', 'indexes', 'vacuum']
    expect(report).toEqual({ at: new Date(NOW), steps: names.map((name) => ({ name, ms: expect.any(Number), did: expect.any(Array), error: null })) })
    expect(await maintenance.last()).toEqual(report)
    expect([await maintenance.doneSince(new Date(NOW)), await maintenance.doneSince(new Date(Date.parse(NOW) + 1))]).toEqual([true, false])
  })

  it('makes the months ahead, once', async () => {
    flows.clock.set(new Date('2025-11-30T23:00:00Z'))
    expect(await did('months')).toEqual(['made memory_embedding_2025_11', 'made memory_embedding_2025_12', 'made memory_embedding_2026_01'])
    expect(await did('months')).toEqual([])
  })

  it('drops vectors of names and scenes of what matters little in a month that is cold, and finds it all the same', async () => {
    const [dull, bens] = [await tell('The ferry from Cacilhas was late again.', 0.4), await tell('Ben repaired the gate of the garden.', 0.4, { user: ben })]
    flows.clock.set(new Date('2024-01-31T23:00:00Z'))
    expect(await did('cold')).toEqual([])
    flows.clock.set(new Date('2024-02-01T00:00:00Z'))
    expect(await did('cold')).toEqual(['dropped vectors of names and scenes of 2 memories in memory_embedding_2023_01'])
    expect([await heads(dull), await heads(bens)]).toEqual([THINNED, THINNED])
    expect(await did('cold')).toEqual([])
    expect(await recall('the late ferry')).toMatchObject([{ id: dull, tier: 'cold' }])
  })

  it('leaves alone what matters, what was recalled or recorded of late, and what happened of late', async () => {
    const [matters, recalled] = [await tell('I moved to Lisbon.', 0.5), await tell('The cat hides under the bed.', 0.4)]
    flows.clock.set(new Date('2024-06-01T12:00:00Z'))
    expect(await recall('Where does the cat hide?')).toMatchObject([{ id: recalled }, { id: matters }])
    await store.run('delete from memory_activation where trace_id = $1', [matters])
    const recent = await tell('The harbour was closed.', 0.4, { occurredAt: '2024-05-16T12:00:00Z' })
    const imported = await tell('The bakery sold out of bread.', 0.4)
    flows.clock.set(new Date(NOW))
    expect(await did('cold')).toEqual([])
    for (const id of [matters, recalled, recent, imported]) expect(await heads(id)).toEqual(ALL)
  })

  it('goes through a month of more memories than one page', async () => {
    const contents = Array.from({ length: 620 }, (_, i) => `The tram number ${i} passed the corner at the usual hour.`)
    for (const user of [ana, ben]) await flows.get(RememberService).remember({ user, messages: contents.map((content) => ({ content, occurredAt: new Date(RECORDED) })) })
    await store.run('update memory_trace set salience = 0.4')
    flows.clock.set(new Date(NOW))
    expect(await did('cold')).toEqual(['dropped vectors of names and scenes of 1240 memories in memory_embedding_2023_01'])
    expect(await store.count('memory_embedding', `head <> 'semantic'`)).toBe(0)
    expect(await store.count('memory_signature', 'coalesce(entity, situation) is not null')).toBe(0)
  })

  it('notes which kinds of answer memories tell of that an older release stored', async () => {
    const ids = [await tell('The choir meets on Tuesday.', 0.5), await tell('Ben moved to Lisbon with 2 cats.', 0.5, { user: ben }), await tell('The soup was good.', 0.5)]
    const contents = Array.from({ length: 520 }, (_, i) => `The tram of line ${i} was late.`)
    await flows.get(RememberService).remember({ user: ana, messages: contents.map((content) => ({ content })) })
    const told = async (): Promise<unknown[]> => {
      const rows = await flows.sql.many<{ id: string; tells: number | null }>('maintenance', 'select id, tells from memory_trace')
      return ids.map((id) => rows.find((row) => row.id === id)!.tells)
    }
    const before = await told()
    const all = await store.count('memory_trace')
    await store.run('update memory_trace set tells = null')
    expect(await did('kinds')).toEqual([`noted which kinds of answer ${all} memories tell of`])
    expect(await store.count('memory_trace', 'tells is null')).toBe(0)
    expect(await told()).toEqual(before)
    expect(before).toEqual([1, 6, 0])
    expect(await store.count('memory_trace', `kind = 'entity' and tells = 0`)).toBe(await store.count('memory_trace', `kind = 'entity'`))
    expect(await did('kinds')).toEqual([])
  })

  const onServer = testServer() ? it : it.skip
  onServer('waits for who writes to a user, and meets nobody half-way', async () => {
    const id = await tell('The ferry from Cacilhas was late again.', 0.4)
    flows.clock.set(new Date(NOW))
    const writer = await flows.get(Database).pool.connect()
    await writer.query('begin')
    await writer.query('select 1 from memory_user where id = $1 for update', [ana.id])
    await writer.query('delete from memory_embedding where user_id = $1 and trace_id = $2', [ana.id, id])
    const thinning = maintenance.run()
    // As the session's own user: others see nothing of what others wait for.
    const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    while ((await flows.get(Database).dataSource.query(waiting)).length === 0) await store.count('memory_user')
    await writer.query('delete from memory_signature where user_id = $1 and trace_id = $2', [ana.id, id])
    await writer.query('commit')
    writer.release()
    expect((await thinning).steps.map(({ error }) => error)).toEqual([null, null, null, null, null])
  })

  describe('with steps of a test', () => {
    const step = (name: string, run: MaintenanceStep['run']): MaintenanceStep => ({ name, run })
    const doing = (...steps: MaintenanceStep[]): Maintenance => new Maintenance(flows.sql, flows.clock, steps)

    it('does the others when one fails, and quotes nothing of its error', async () => {
      const broken = step('broken', () => Promise.reject(Object.assign(new Error('secret'), { code: '57014' })))
      const { steps }: MaintenanceReport = await doing(broken, step('sound', async () => ['did it'])).run()
      expect(steps).toMatchObject([{ name: 'broken', did: [], error: 'Error 57014' }, { name: 'sound', did: ['did it'], error: null }])
    })

    it('reports nothing when it is told to end', async () => {
      const ending = new AbortController()
      const later = jest.fn(async () => [])
      const first = step('first', async () => {
        ending.abort(new Error('ending'))
        return []
      })
      await expect(doing(first, step('later', later)).run(ending.signal)).rejects.toThrow('ending')
      expect(later).not.toHaveBeenCalled()
      expect(await maintenance.last()).toBeUndefined()
    })
  })
})
