import { userUuid } from '#kernel'
import { Maintenance } from '#maintenance'
import { startServer, type TestServer } from './support/server'
import type { ListBody, Memory } from './support/wire'

const DAY = '2025-05-08'
const TALK = ['The harbour was closed because of the storm.', 'We waited for the ferry until noon and read the papers.', 'Nobody was seasick on the ferry, not even Ben.']

describe('what ends by time', () => {
  let server: TestServer
  let user: string
  beforeAll(async () => {
    server = await startServer()
  })
  beforeEach(() => {
    server.setClock(`${DAY}T12:00:00Z`)
    user = server.user()
  })
  afterAll(() => server?.close())

  const maintainAt = async (at: string): Promise<void> => {
    server.setClock(at)
    const { steps } = await server.worker.get(Maintenance, { strict: false }).run()
    expect(steps.filter(({ error }) => error !== null)).toEqual([])
  }
  const contents = async (): Promise<string[]> =>
    (await server.store.dump(userUuid(user))).memory_trace!.filter((row) => row.kind === 'episode').map((row) => row.content as string).sort()
  const undo = (id: string): Promise<{ status: number }> => server.api.post(`/memory/dreams/${id}/undo`, { user_id: user })

  it('erases expired tasks when no dream of them can be taken back any more, and nothing that is personal or of a project', async () => {
    const expires_at = `${DAY}T13:00:00Z`
    const remember = (retention: string, content: string): Promise<string[]> => server.api.remember({ user_id: user, retention, content, expires_at })
    const [task] = await remember('task', 'Buy quixotic milk for Marta')
    await remember('personal', 'Marta is allergic to nuts')
    await remember('project', 'The party of Marta is in June')
    await server.api.remember({ user_id: user, retention: 'task', content: 'Buy candles for the party' })
    await maintainAt('2025-05-15T13:00:00Z')
    expect(await contents()).toHaveLength(4)
    await maintainAt('2025-05-16T01:00:00Z')
    expect(await contents()).toEqual(['Buy candles for the party', 'Marta is allergic to nuts', 'The party of Marta is in June'])
    expect(await server.store.showing('quixotic')).toEqual([])
    expect(await server.store.naming(task!)).toEqual([])
    for (const table of ['memory_tombstone', 'receipt']) expect(await server.store.count(table, 'user_id = $1', [userUuid(user)])).toBe(0)
    expect(await server.api.remember({ user_id: user, content: 'Buy quixotic milk for Marta' })).toEqual([expect.any(String)])
  })

  it('takes what only an expired task says out of what was dreamt of it', async () => {
    const turns = await server.api.remember({ user_id: user, messages: TALK.map((content, i) => ({ content, occurred_at: `${DAY}T1${i}:00:00Z` })) })
    await server.api.post('/memory/consolidate', { user_id: user, day: DAY, wait: true })
    const summaries = async (): Promise<string[]> => (await server.api.get<ListBody>('/memory', { user_id: user, kind: 'summary' })).body.results.map((trace: Memory) => trace.content)
    const [before] = await summaries()
    const quoted = TALK.findIndex((text) => before!.includes(text))
    await server.api.patch(`/memory/${turns[quoted]!}`, { user_id: user, retention: 'task' })
    await maintainAt('2025-06-15T01:00:00Z')
    expect(await summaries()).toEqual([before!.split('\n').filter((line) => line !== TALK[quoted]).join('\n')].filter((text) => text !== ''))
    expect(await contents()).toHaveLength(TALK.length - 1)
    expect(await server.store.showing(TALK[quoted]!)).toEqual([])
    expect(await server.store.naming(turns[quoted]!)).toEqual([])
  })

  it('erases any number of them', async () => {
    const messages = Array.from({ length: 450 }, (_, i) => ({ content: `Errand number ${i} in the market`, occurred_at: `${DAY}T10:00:00Z` }))
    await server.api.remember({ user_id: user, retention: 'task', expires_at: `${DAY}T13:00:00Z`, messages })
    expect(await contents()).toHaveLength(450)
    await maintainAt('2025-06-18T01:00:00Z')
    expect(await contents()).toEqual([])
  })

  it('keeps what a dream changed for DREAM_UNDO_DAYS, and then how much', async () => {
    await server.api.remember({ user_id: user, messages: TALK.map((content, i) => ({ content, occurred_at: `${DAY}T1${i}:00:00Z` })) })
    server.setClock('2025-05-10T12:00:00Z')
    const { id } = (await server.api.post<{ runs: { id: string }[] }>('/memory/consolidate', { user_id: user, day: DAY, wait: true })).body.runs[0]!
    const diary = async (): Promise<{ status: string; phases: object[]; changes: object[] }> =>
      (await server.api.get<{ status: string; phases: object[]; changes: object[] }>(`/memory/dreams/${id}`, { user_id: user })).body
    const before = await diary()
    expect(before.changes.length).toBeGreaterThan(0)
    const memory = await server.store.dump(userUuid(user))
    await maintainAt('2025-05-17T12:00:00Z')
    expect(await diary()).toEqual(before)
    await maintainAt('2025-05-18T12:00:00Z')
    expect(await diary()).toEqual({ ...before, changes: [] })
    expect(await server.store.dump(userUuid(user))).toEqual(memory)
    expect(await undo(id)).toMatchObject({ status: 409 })
  })
})
