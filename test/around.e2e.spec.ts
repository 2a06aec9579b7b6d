import { startServer, type TestServer } from './support/server'
import type { ErrorBody, ListBody, Memory, RecallBody, RememberBody } from './support/wire'

const ID = '018f0000-0000-7000-8000-000000000000'

describe('around the three verbs', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server?.close())
  afterEach(() => server.setClock())

  describe('one memory', () => {
    it('is read by its owner and 404 to everyone else', async () => {
      const user = server.user()
      const [id] = await server.api.remember({ user_id: user, content: 'The attic window does not close' })
      const [listed] = (await server.api.get<ListBody>('/memory', { user_id: user })).body.results
      expect(await server.api.memory(user, id!)).toEqual(listed)
      for (const path of ['', '/history', '/edges']) {
        const answer = await server.api.get<ErrorBody>(`/memory/${id!}${path}`, { user_id: server.user() })
        expect([answer.status, answer.body.error.code]).toEqual([404, 'not_found'])
      }
      expect((await server.api.patch(`/memory/${id!}?user_id=${server.user()}`, { category: 'mine now' })).status).toBe(404)
    })

    it('is changed in place in everything but its content', async () => {
      const user = server.user()
      const [id] = await server.api.remember({ user_id: user, content: 'The attic window does not close', tags: ['house'], metadata: { floor: 3 } })
      const change = { metadata: { floor: 4, room: 'attic' }, category: 'repairs', tags: ['urgent'], retention: 'project', importance: 0.9, confidence: 0.4 }
      const answer = await server.api.patch<Memory>(`/memory/${id!}?user_id=${user}`, change)
      expect(answer.status).toBe(200)
      const { importance, ...same } = change
      expect(answer.body).toMatchObject({ id, content: 'The attic window does not close', salience: importance, ...same })
      expect(await server.api.memory(user, id!)).toEqual(answer.body)
      const found = async (more: Record<string, unknown>): Promise<string[]> => (await server.api.recall({ user_id: user, q: 'attic', ...more })).results.map((r) => r.id)
      expect(await found({ tags: ['urgent'], filters: { 'metadata.room': 'attic' } })).toEqual([id])
      expect(await found({ tags: ['house'] })).toEqual([])
      expect(await found({ filters: { 'metadata.floor': 3 } })).toEqual([])
      const byBody = await server.api.patch<Memory>(`/memory/${id!}`, { user_id: user, tags: [] })
      expect(byBody.body.tags).toEqual([])
    })

    it('is succeeded when its content changes, and its history is kept', async () => {
      const user = server.user()
      const [old] = await server.api.remember({ user_id: user, session_id: 's', content: 'My flight to Rome leaves on Monday', tags: ['travel'], occurred_at: '2025-05-01T10:00:00Z' })
      const answer = await server.api.patch<Memory>(`/memory/${old!}?user_id=${user}`, { content: 'My flight to Rome leaves on Tuesday' })
      expect(answer.status).toBe(200)
      const successor = answer.body
      expect(successor).toMatchObject({ content: 'My flight to Rome leaves on Tuesday', tags: ['travel'], session_id: 's', kind: 'episode' })
      expect(successor.id).not.toBe(old)
      const recalled = async (more: Record<string, unknown> = {}): Promise<string[]> => (await server.api.recall({ user_id: user, q: 'flight to Rome', ...more })).results.map((r) => r.id)
      expect(await recalled()).toEqual([successor.id])
      expect((await recalled({ include_superseded: true })).sort()).toEqual([old, successor.id].sort())
      for (const id of [old!, successor.id]) {
        const history = await server.api.get<{ results: Memory[] }>(`/memory/${id}/history`, { user_id: user })
        expect(history.body.results.map((m) => m.id)).toEqual([old, successor.id])
      }
      const again = await server.api.patch<ErrorBody>(`/memory/${old!}?user_id=${user}`, { content: 'My flight to Rome leaves on Friday' })
      expect([again.status, again.body.error.code]).toEqual([409, 'conflict'])
      const gone = await server.api.forget({ user_id: user, id: successor.id })
      expect([...gone.ids].sort()).toEqual([old!, successor.id].sort())
    })

    it('was recalled as of an earlier moment as it was then', async () => {
      const user = server.user()
      server.setClock('2025-01-01T10:00:00Z')
      const [old] = await server.api.remember({ user_id: user, content: 'The meeting is in room four' })
      server.setClock('2025-02-01T10:00:00Z')
      await server.api.patch(`/memory/${old!}?user_id=${user}`, { content: 'The meeting is in room nine' })
      await server.api.remember({ user_id: user, content: 'The meeting was short' })
      const { results } = await server.api.recall({ user_id: user, q: 'meeting', as_of: '2025-01-15T00:00:00Z' })
      expect(results.map((r) => r.content)).toEqual(['The meeting is in room four'])
    })

    it('shows its edges', async () => {
      const user = server.user()
      const [first, second] = await server.api.remember({ user_id: user, session_id: 's', messages: [{ content: 'Ines sails a blue boat' }, { content: 'Ines paints it every spring' }] })
      const { body } = await server.api.get<{ edges: Record<string, unknown>[] }>(`/memory/${first!}/edges`, { user_id: user })
      expect(body.edges).toContainEqual({ src: first, dst: second, type: 'next', weight: expect.any(Number), ts: expect.any(String) })
      expect(body.edges.map((e) => e.type)).toContain('mentions')
    })
  })

  describe('the list of memories', () => {
    it('comes page by page, each memory once, newest first', async () => {
      const user = server.user()
      const ids = await server.api.remember({ user_id: user, messages: Array.from({ length: 25 }, (_, i) => ({ content: `Page number ${i} of the almanac` })) })
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const { status, body } = await server.api.get<ListBody>('/memory', { user_id: user, limit: 10, cursor })
        expect(status).toBe(200)
        seen.push(...body.results.map((m) => m.id))
        cursor = body.next_cursor ?? undefined
      } while (cursor !== undefined)
      expect(seen).toEqual([...ids].reverse())
    })

    it('is filtered by kind, retention, session, project and tags, and empty for a stranger', async () => {
      const user = server.user()
      const [id] = await server.api.remember({ user_id: user, content: 'Filtered by everything', kind: 'fact', retention: 'task', session_id: 's', project: 'p', tags: ['t', 'u'] })
      await server.api.remember({ user_id: user, content: 'Filtered by nothing at all' })
      for (const query of [{ kind: 'fact' }, { retention: 'task' }, { session_id: 's' }, { project: 'p' }, { tags: 't' }, { tags: 't,u' }]) {
        const { body } = await server.api.get<ListBody>('/memory', { user_id: user, ...query })
        expect([query, body.results.map((m) => m.id)]).toEqual([query, [id]])
      }
      expect((await server.api.get<ListBody>('/memory', { user_id: server.user() })).body).toEqual({ results: [], next_cursor: null })
    })
  })

  describe('sessions and projects', () => {
    it('are listed with their times and counts, as long as they have memories', async () => {
      const user = server.user()
      const [first, second] = await server.api.remember({
        user_id: user, session_id: 'talk', project: 'boat', messages: [
          { content: 'We sand the hull first', occurred_at: '2025-05-01T10:00:00Z' }, { content: 'Then we varnish the mast', occurred_at: '2025-05-01T10:30:00Z' }],
      })
      await server.api.remember({ user_id: user, session_id: 'later', content: 'The sail has a hole', occurred_at: '2025-06-01T10:00:00Z' })
      await server.api.remember({ user_id: user, session_id: 'small talk', content: 'ok' })
      const sessions = async (): Promise<Record<string, unknown>[]> => (await server.api.get<ListBody<Record<string, unknown>>>('/memory/sessions', { user_id: user })).body.results
      expect((await sessions()).map((s) => s.session_id ?? s.id)).toEqual(['later', 'talk'])
      const one = await server.api.get<Record<string, unknown>>('/memory/sessions/talk', { user_id: user })
      expect(one.body).toMatchObject({ project: 'boat', message_count: 2, duration_seconds: 1800 })
      expect((await server.api.get('/memory/sessions/nowhere', { user_id: user })).status).toBe(404)
      const project = await server.api.get<Record<string, unknown>>('/memory/projects/boat', { user_id: user })
      expect(project.status).toBe(200)
      expect(project.text).toContain('talk')
      expect((await server.api.get('/memory/projects/nowhere', { user_id: user })).status).toBe(404)
      await server.api.forget({ user_id: user, ids: [first, second] })
      expect((await sessions()).map((s) => s.session_id ?? s.id)).toEqual(['later'])
      expect((await server.api.get('/memory/projects/boat', { user_id: user })).status).toBe(404)
    })
  })

  it('keeps the time zone of a user and lists users to the admin', async () => {
    const user = server.user('zoned')
    const put = await server.api.put<Record<string, unknown>>(`/users/${user}`, { time_zone: 'Asia/Tokyo' })
    expect(put.status).toBe(200)
    expect(put.text).toContain('Asia/Tokyo')
    const { body, text } = await server.api.get<ListBody<Record<string, unknown>>>('/users')
    expect(Array.isArray(body.results)).toBe(true)
    expect(text).toContain(user)
    await server.api.remember({ user_id: user, content: 'Sushi before the first train', occurred_at: '2025-05-31T16:00:00Z' })
    const june = await server.api.recall({ user_id: user, q: 'sushi', time_window: '2025-06-01' })
    expect(june.results).toHaveLength(1)
    expect((await server.api.recall({ user_id: user, q: 'sushi', time_window: '2025-05' })).results).toEqual([])
  })

  it('takes a user whose name is a path, a script or a very long string', async () => {
    for (const user of ['a/b', '../../etc', '<b>x</b>', '%2e%2e', 'x'.repeat(256), 'ÅÄÖ ñ 漢字']) {
      const [id] = await server.api.remember({ user_id: user, content: 'Strange names are names' })
      expect((await server.api.recall({ user_id: user, q: 'names' })).results.map((r) => r.id)).toEqual([id])
      expect((await server.api.put(`/users/${encodeURIComponent(user)}`, { time_zone: 'UTC' })).status).toBe(200)
    }
  })

  it('shows what is in focus, strongest first, of the user alone', async () => {
    const user = server.user()
    const [id] = await server.api.remember({ user_id: user, session_id: 's', content: 'The kettle whistles in the key of G' })
    const focus = await server.api.get<ListBody>('/memory/focus', { user_id: user })
    expect(focus.body.results.map((r) => r.id)).toEqual([id])
    expect((await server.api.get<ListBody>('/memory/focus', { user_id: server.user() })).body.results).toEqual([])
  })

  it('counts the memories whose vectors are still to come', async () => {
    const waiting = async (): Promise<number> => (await server.api.get<{ queue: { waiting: number } }>('/memory/status')).body.queue.waiting
    const user = server.user()
    server.embedder.always('error-500')
    await server.api.remember({ user_id: user, messages: [{ content: 'The attic window does not close' }, { content: 'The carpenter comes on Monday' }] })
    expect(await waiting()).toBe(2)
    server.embedder.reset()
    await server.vectorsFollow(user)
    expect(await waiting()).toBe(0)
  })

  it('says how it is: status, stats, health, ready and metrics', async () => {
    const user = server.user()
    await server.api.remember({ user_id: user, content: 'A number for the statistics', category: 'numbers' })
    const status = await server.api.get<Record<string, unknown>>('/memory/status')
    expect(status.body).toMatchObject({
      backend: process.env.TEST_DATABASE_URL ? 'postgresql' : 'embedded', counts: expect.any(Object), partitions: expect.anything(),
      embedding: { model: 'hash', dim: 768, precision: 'fp16' },
      focus: expect.anything(), queue: expect.anything(), version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    })
    const stats = await server.api.get<Record<string, unknown>>('/memory/stats', { user_id: user })
    expect(stats.status).toBe(200)
    expect(stats.body).toMatchObject({ total: 1 })
    expect(stats.text).toContain('numbers')
    const health = await server.api.get('/health')
    expect(health.status).toBe(200)
    expect(health.text).toMatch(/vector/)
    expect(health.text).toMatch(/ms/)
    expect((await server.api.get('/health/ready')).status).toBe(200)
    const metrics = await server.api.get('/metrics')
    expect(metrics.headers.get('content-type')).toMatch(/^text\/plain/)
    expect(metrics.text).toMatch(/^# HELP /m)
    expect(metrics.text).not.toContain(user)
  })

  it('describes itself: openapi.json, docs with a content policy, the playground', async () => {
    const { body } = await server.api.get<{ openapi: string; paths: Record<string, Record<string, { deprecated?: boolean }>> }>('/openapi.json')
    expect(body.openapi).toMatch(/^3\./)
    for (const [path, method] of [['/memory', 'post'], ['/memory', 'get'], ['/memory/recall', 'get'], ['/memory/recall', 'post'], ['/memory/forget', 'post'], ['/memory/{id}', 'get'],
      ['/memory/{id}', 'patch'], ['/memory/{id}', 'delete'], ['/memory/{id}/history', 'get'], ['/memory/{id}/edges', 'get'], ['/health', 'get']] as const) {
      expect([path, method, body.paths[path]?.[method] !== undefined]).toEqual([path, method, true])
    }
    for (const path of ['/memory/store', '/memory/search', '/memory/initialize']) expect([path, body.paths[path]?.post?.deprecated]).toEqual([path, true])
    for (const path of ['/docs', '/']) {
      const page = await server.api.get(path)
      expect(page.status).toBe(200)
      expect(page.headers.get('content-type')).toMatch(/^text\/html/)
      expect(page.headers.get('content-security-policy')).toMatch(/default-src/)
      expect(page.text).not.toMatch(/(src|href)="https?:\/\//)
    }
  })

  it('names every request, and its answer, by one id', async () => {
    const answer = await server.api.get<ErrorBody>(`/memory/${ID}`)
    expect(answer.headers.get('x-request-id') ?? answer.body.error.request_id).toBe(answer.body.error.request_id)
    const other = await server.api.get<ErrorBody>(`/memory/${ID}`)
    expect(other.body.error.request_id).not.toBe(answer.body.error.request_id)
  })

  it('answers the older names too', async () => {
    const user = server.user()
    const said = { content: 'An older client speaks of clocks', run_id: 'old', project: 'museum', memory_type: 'project', importance_score: 0.7 }
    const stored = await server.api.post<RememberBody>('/memory/store', { user_id: user, ...said })
    expect(stored.status).toBeGreaterThanOrEqual(200)
    expect(stored.status).toBeLessThan(300)
    const { id } = stored.body.results[0]!
    expect(await server.api.memory(user, id)).toMatchObject({ session_id: 'old', retention: 'project', salience: 0.7 })
    const found = await server.api.post<RecallBody>('/memory/search', { user_id: user, query: 'clocks', n_results: 1 })
    expect(found.status).toBe(200)
    expect(found.body.results.map((r) => r.id)).toEqual([id])
    expect((await server.api.post<{ backend: string }>('/memory/initialize')).body).toHaveProperty('backend')
    for (const path of ['/memory/session/old', '/memory/project/museum']) {
      const answer = await server.api.get(path, { user_id: user })
      expect([path, answer.status]).toEqual([path, 200])
    }
  })
})
