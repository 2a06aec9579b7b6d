import { startServer, type TestServer } from './support/server'
import type { ErrorBody } from './support/wire'

interface Fragment {
  id: string
  content: string
  [field: string]: unknown
}
interface Page {
  results: Fragment[]
  next_cursor: string | null
}

describe('fragments', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server?.close())

  const add = async (user: string, fields: object): Promise<Fragment> => {
    const { status, body, text } = await server.api.post<Fragment>('/memory/fragments', { user_id: user, ...fields })
    if (status !== 201) throw new Error(`fragments answered ${status}: ${text}`)
    return body
  }
  const list = async (user: string, more = {}): Promise<Page> => (await server.api.get<Page>('/memory/fragments', { user_id: user, ...more })).body
  const named = async (user: string, more = {}): Promise<string[]> => (await list(user, more)).results.map((one) => one.content)

  it('are written, read, changed and listed by pages', async () => {
    const user = server.user()
    const plain = await add(user, { content: 'Answer briefly.' })
    expect(plain).toMatchObject({ content: 'Answer briefly.', category: null, tags: [], priority: 50, agent_type: null, context_tier: 'standard', active: true })
    const whole = { content: 'Ask before you delete.', category: 'safety', tags: ['care'], priority: 90, agent_type: 'coder', context_tier: 'core', active: false }
    const other = await add(user, whole)
    expect(other).toMatchObject(whole)
    const first = await list(user, { limit: 1 })
    expect(first.results).toEqual([other])
    expect(await list(user, { limit: 1, cursor: first.next_cursor })).toEqual({ results: [plain], next_cursor: null })
    const changed = (await server.api.patch<Fragment>(`/memory/fragments/${other.id}`, { user_id: user, active: true, agent_type: null, tags: [], category: null })).body
    expect(changed).toEqual({ ...other, active: true, agent_type: null, tags: [], category: null })
    const next = (await server.api.patch<Fragment>(`/memory/fragments/${other.id}`, { user_id: user, content: 'Ask before you overwrite.', priority: 80 })).body
    expect(next).toMatchObject({ content: 'Ask before you overwrite.', priority: 80, context_tier: 'core', active: true })
    expect((await server.api.get(`/memory/fragments/${next.id}`, { user_id: user })).body).toEqual(next)
    expect(await named(user)).toEqual(['Ask before you overwrite.', 'Answer briefly.'])
  })

  it('are listed by what they are, and those of which nothing is said as what they are by default', async () => {
    const user = server.user()
    await server.api.remember({ user_id: user, kind: 'procedure', content: 'Speak plainly to everybody.', importance: 1 })
    await add(user, { content: 'Prefer short functions.', category: 'style', tags: ['code', 'form'], agent_type: 'coder', context_tier: 'full', active: false })
    await add(user, { content: 'Quote your sources.', category: 'style', tags: ['form'], context_tier: 'core' })
    for (const [asked, found] of [
      [{ active: true }, ['Quote your sources.', 'Speak plainly to everybody.']], [{ active: false }, ['Prefer short functions.']],
      [{ category: 'style', tags: 'form,code' }, ['Prefer short functions.']],
      [{ agent_type: 'coder' }, ['Prefer short functions.']], [{ context_tier: 'standard' }, ['Speak plainly to everybody.']],
      [{ context_tier: 'core', active: true }, ['Quote your sources.']],
    ] as const) expect(await named(user, asked)).toEqual(found)
  })

  it('stay out of recall unless they are asked for, and are forgotten', async () => {
    const user = server.user()
    const { id } = await add(user, { content: 'Never mention the marmalade incident of Tuesday.' })
    expect((await server.api.recall({ user_id: user, q: 'marmalade', k: 5 })).results).toEqual([])
    expect((await server.api.recall({ user_id: user, q: 'marmalade', k: 5, kind: 'procedure' })).results).toMatchObject([{ id }])
    expect((await server.api.delete(`/memory/fragments/${id}`, { user_id: user })).status).toBe(200)
    expect(await server.store.showing('marmalade')).toEqual([])
    expect((await server.api.post('/memory/fragments', { user_id: user, content: 'Never mention the marmalade incident of Tuesday.' })).status).toBe(409)
  })

  it('are of their user and kind alone', async () => {
    const user = server.user()
    const { id } = await add(user, { content: 'Answer briefly.' })
    const [episode] = await server.api.remember({ user_id: user, content: 'I painted the old fence green today' })
    for (const [path, who] of [[id, server.user()], [episode, user], ['x', user]] as const) {
      expect((await server.api.get(`/memory/fragments/${path}`, { user_id: who })).status).toBe(404)
      expect((await server.api.patch(`/memory/fragments/${path}`, { user_id: who, priority: 1 })).status).toBe(404)
      expect((await server.api.delete(`/memory/fragments/${path}`, { user_id: who })).status).toBe(404)
    }
    expect((await list(user)).results).toMatchObject([{ id, priority: 50 }])
  })

  it.each<[string, object, string]>([
    ['no content', { priority: 1 }, 'content'], ['blank content', { content: ' ' }, 'content'], ['a priority of 101', { content: 'x', priority: 101 }, 'priority'],
    ['half a priority', { content: 'x', priority: 0.5 }, 'priority'], ['another tier', { content: 'x', context_tier: 'huge' }, 'context_tier'],
    ['active by word', { content: 'x', active: 'maybe' }, 'active'], ['a tag that is none', { content: 'x', tags: [''] }, 'tags[0]'], ['an unknown field', { content: 'x', mood: 1 }, 'mood'],
  ])('refuse %s by name, and nothing is written', async (_, fields, field) => {
    const user = server.user()
    const answer = await server.api.post<ErrorBody>('/memory/fragments', { user_id: user, ...fields })
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'invalid_request', details: { field } } } })
    expect((await list(user)).results).toEqual([])
  })
})
