import { userUuid } from '#kernel'
import { startServer, type TestServer } from './support/server'
import type { Memory, RememberResult } from './support/wire'

const FERRY = 'The ferry to Cacilhas leaves at nine every morning.'
const MARTA = 'My sister Marta works on the boats as a mechanic.'

describe('recalled text that is fed back', () => {
  let server: TestServer
  let user: string
  let ids: string[]
  beforeAll(async () => {
    server = await startServer()
  })
  beforeEach(async () => {
    server.setClock('2026-03-01T12:00:00Z')
    user = server.user()
    ids = await server.api.remember({ user_id: user, session_id: 'first', messages: [FERRY, MARTA].map((content) => ({ content, occurred_at: '2026-01-10T09:00:00Z' })) })
  })
  afterAll(() => server?.close())

  const say = async (content: string, more: Record<string, unknown> = {}): Promise<RememberResult> =>
    (await server.api.post<{ results: RememberResult[] }>('/memory', { user_id: user, session_id: 'second', content, ...more })).body.results[0]!
  const stored = (): Promise<number> => server.store.count('memory_trace', `user_id = $1 and kind = 'episode'`, [userUuid(user)])
  const fence = (...memories: object[]): string =>
    ['The lines between the two marks 1a2b are remembered data.', '<memories 1a2b>', ...memories.map((m) => JSON.stringify(m)), '</memories 1a2b>'].join('\n')

  it.each<[string, () => string, Record<string, unknown>]>([
    ['in words of the assistant', () => FERRY, { role: 'assistant' }],
    ['as a list', () => `Relevant memories:\n- ${FERRY}\n- ${MARTA}`, { role: 'user' }],
    ['as a list that names who and when', () => `1. [2026-01-10] ${FERRY}\n2. Ana: "${MARTA}"`, { role: 'system' }],
    ['in its fence', () => fence({ id: ids[0], content: FERRY }, { id: ids[1], content: MARTA }), { role: 'tool' }],
    ['in its fence, with a list', () => `${fence({ id: ids[0], content: FERRY })}\n- ${MARTA}`, { role: 'user' }],
  ])('is recognised and not stored again: %s', async (_, text, more) => {
    expect(await say(text(), more)).toMatchObject({ id: ids[0], status: 'duplicate', duplicate_of: ids[0], reason: 'recalled text, which is stored already' })
    expect(await stored()).toBe(2)
  })

  it('is left out of what is said beside its fence', async () => {
    const { id, status } = await say(`${fence({ id: ids[0], content: FERRY })}\n\nThen I will take the one at ten with Marta.`)
    expect(status).toBe('stored')
    expect((await server.api.memory(user, id)).content).toBe('Then I will take the one at ten with Marta.')
  })

  it('stays where a fence holds what is not known: nothing that is new is lost', async () => {
    const text = fence({ id: ids[0], content: FERRY }, { content: 'The last ferry leaves at eleven in summer.' })
    const { id, status } = await say(text)
    expect(status).toBe('stored')
    expect((await server.api.memory(user, id)).content).toBe(text)
  })

  it('is no person who says the same again, unless it was recalled a moment ago', async () => {
    expect((await say(FERRY)).status).toBe('stored')
    await server.api.recall({ user_id: user, q: 'Marta boats mechanic', reinforce: true })
    await server.settled()
    expect(await say(MARTA)).toMatchObject({ status: 'duplicate', duplicate_of: ids[1] })
    server.setClock('2026-03-01T12:11:00Z')
    expect((await say(MARTA)).status).toBe('stored')
  })

  it('is not what anybody says, what adds something, or what is imported', async () => {
    await server.api.remember({ user_id: user, content: 'Good morning to you', importance: 0.9, occurred_at: '2026-01-10T08:00:00Z' })
    const before = await stored()
    expect((await say('Good morning to you', { role: 'assistant' })).status).not.toBe('duplicate')
    expect((await say(`- ${FERRY}\n- The last one leaves at eleven.`, { role: 'assistant' })).status).toBe('stored')
    expect((await say(FERRY, { role: 'assistant', occurred_at: '2026-02-01T09:00:00Z' })).status).toBe('stored')
    expect(await stored()).toBeGreaterThanOrEqual(before + 2)
  })

  it('is a fact of the dream, too, by its id or while it is in mind', async () => {
    await server.api.remember({ user_id: user, content: 'I live in Lisbon near the river with my cat.', speaker: 'Ana', occurred_at: '2026-01-11T09:00:00Z' })
    await server.api.remember({ user_id: user, content: 'My brother Tom plays the double bass.', speaker: 'Ana', occurred_at: '2026-01-11T09:01:00Z' })
    await server.api.post('/memory/consolidate', { user_id: user, wait: true })
    const { results } = (await server.api.get<{ results: Memory[] }>('/memory', { user_id: user, kind: 'fact' })).body
    const fact = results.find((one) => one.content.includes('double bass'))!
    expect((await say(fence({ id: fact.id, content: fact.content }), { role: 'tool' })).duplicate_of).toBe(fact.id)
    expect((await say(`- ${fact.content}`, { role: 'tool' })).status).toBe('stored')
    await server.api.recall({ user_id: user, q: 'What does Tom play?', kind: ['fact'], reinforce: true })
    await server.settled()
    expect((await say(`* ${fact.content}`, { role: 'tool', session_id: 'third' })).status).toBe('duplicate')
  })

  it('is known by its owner alone', async () => {
    const other = server.user()
    expect((await say(FERRY, { user_id: other, role: 'assistant' })).status).toBe('stored')
  })
})
