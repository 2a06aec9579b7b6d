import { notFound, ReverieError, userOf } from '#kernel'
import { encodeCursor } from './wire/cursors'
import { focusItem, ID, OTHER_ID, served } from './testing/harness'

const AT = '2025-05-15T12:00:00.000Z'

describe('the API', () => {
  const { fake, get, post, call, log } = served({ RECALL_LOG_TEXT: 'on' })

  describe('remember', () => {
    it('passes on everything that a body says', async () => {
      const answer = await post('/memory', {
        user_id: 'ana', content: 'I moved', role: 'user', speaker: 'Ana', occurred_at: '2025-05-01T10:00:00+02:00', metadata: { a: 1 },
        importance: 0.7, tags: ['home'], agent_id: 'a', run_id: 's',
        project: 'p', memory_type: 'task', kind: 'fact', category: 'c', source: ['x'], related: [OTHER_ID], confidence: 0.5, expires_at: '2026-01-01',
        collection: 'col', wait: false,
      }, { 'Idempotency-Key': 'k1' })
      expect(answer).toMatchObject({ status: 201, body: { results: [{ id: ID, status: 'stored', salience: 0.6 }], degraded: [] } })
      expect(fake.remember.remember).toHaveBeenCalledWith({
        user: userOf('ana'), agentId: 'a', sessionId: 's', project: 'p', retention: 'task', kind: 'fact', category: 'c', source: ['x'],
        related: [OTHER_ID], confidence: 0.5,
        expiresAt: new Date('2026-01-01T05:00:00Z'), collection: 'col', wait: false, idempotencyKey: 'k1',
        messages: [{ content: 'I moved', role: 'user', speaker: 'Ana', occurredAt: new Date('2025-05-01T08:00:00Z'), metadata: { a: 1 },
        importance: 0.7, tags: ['home'] }],
      })
    })

    it('takes many, the user from the query, and the older path', async () => {
      const answer = await post('/memory/store?user_id=bo', { messages: [{ content: 'a' }, { content: 'b' }] })
      expect(answer.status).toBe(201)
      expect(fake.remember.remember.mock.calls[0]![0]).toMatchObject({ user: userOf('bo'), wait: true, messages: [{ content: 'a' },
      { content: 'b' }] })
    })

    it('asks for the time zone only when a date depends on it', async () => {
      await post('/memory', { content: 'x', occurred_at: '2025-05-01T10:00:00Z' })
      expect(fake.users.get).not.toHaveBeenCalled()
      await post('/memory', { content: 'x', occurred_at: '2025-05-01', user_id: 'nobody' })
      expect(fake.remember.remember.mock.calls[1]![0].messages[0].occurredAt).toEqual(new Date('2025-05-01T00:00:00Z'))
    })

    it.each([{ session_id: 'a', run_id: 'b' }, { retention: 'task', memory_type: 'personal' },
    { importance: 0.1, importance_score: 0.2 }])('refuses two names of a field that disagree: %j', async (fields) => {
      const answer = await post('/memory', { content: 'x', ...fields })
      expect(answer).toMatchObject({ status: 400, body: { error: { code: 'invalid_request', details: { field: Object.keys(fields)[1] } } } })
    })

    it('refuses an idempotency key that cannot be kept', async () => {
      expect(await post('/memory', { content: 'x' },
      { 'Idempotency-Key': 'x'.repeat(300) })).toMatchObject({ status: 400, body: { error: { details: { field: 'Idempotency-Key' } } } })
    })
  })

  describe('recall', () => {
    const defaults = {
      user: userOf('default'), query: 'where', k: 10, heads: undefined, timeWindow: undefined, threshold: 0, hops: 1, explain: false, asOf: undefined,
      referenceDate: undefined, maxTokens: undefined,
      includeSuperseded: false, reinforce: false,
      filter: { sessionId: undefined, project: undefined, agentId: undefined, retention: undefined, kind: undefined, category: undefined,
      tags: undefined, expression: undefined },
    }

    it('has its defaults, which differ between GET and POST in one', async () => {
      expect(await get('/memory/recall?q=where')).toMatchObject({ status: 200, body: { results: [{ id: ID, score: 0.8, tier: 'hot' }], took_ms: 1.235, degraded: [] } })
      expect(fake.recall.recall).toHaveBeenLastCalledWith(defaults)
      expect((await post('/memory/recall', { q: 'where' })).status).toBe(200)
      expect(fake.recall.recall).toHaveBeenLastCalledWith({ ...defaults, reinforce: true })
    })

    const everything = {
      user: userOf('ana'), query: 'where', k: 5, heads: ['semantic', 'entity'], timeWindow: '7d', threshold: 0.5, hops: 0, explain: true,
      asOf: new Date('2025-05-01T05:00:00Z'),
      referenceDate: new Date('2025-05-02T00:00:00Z'), maxTokens: 100, includeSuperseded: true, reinforce: true,
      filter: { sessionId: 's', project: 'p', agentId: 'a', retention: ['personal', 'task'], kind: ['fact'], category: ['c', 'd'], tags: ['x', 'y'],
      expression: undefined },
    }

    it('passes on everything that a query string says', async () => {
      const query = new URLSearchParams({
        user_id: 'ana', query: 'where', limit: '5', heads: 'semantic, entity,semantic', time_window: '7d', threshold: '0.5', hops: '0',
        explain: 'true', as_of: '2025-05-01', reference_date: '2025-05-02T00:00:00Z',
        max_tokens: '100', include_superseded: '1', reinforce: 'true', run_id: 's', project: 'p', agent_id: 'a', memory_type: 'personal,task',
        kind: 'fact', category: 'c,d',
      })
      expect((await get(`/memory/recall?${query.toString()}&tags=x&tags=y`)).status).toBe(200)
      expect(fake.recall.recall).toHaveBeenCalledWith(everything)
    })

    it('passes on everything that a body says, filters too', async () => {
      const answer = await post('/memory/search', {
        user_id: 'ana', q: 'where', query: 'where', n_results: 5, top_k: 5, heads: ['semantic', 'entity'], time_window: '7d', threshold: 0.5, hops: 0,
        explain: true, as_of: '2025-05-01',
        reference_date: '2025-05-02T00:00:00Z', max_tokens: 100, include_superseded: true, session_id: 's', project: 'p', agent_id: 'a',
        retention: 'personal,task', kind: 'fact', category: ['c', 'd'],
        tags: ['x', 'y'], filters: { occurred_at: { gte: '2025-05-01' } },
      })
      expect(answer.status).toBe(200)
      expect(fake.recall.recall).toHaveBeenCalledWith({
        ...everything, filter: { ...everything.filter, expression: { field: 'occurred_at', op: 'gte', value: new Date('2025-05-01T05:00:00Z') } },
      })
    })

    it('refuses names that disagree, and filters in a query string', async () => {
      expect((await post('/memory/recall', { q: 'a', query: 'b' })).body.error.details).toEqual({ field: 'query' })
      expect((await post('/memory/recall', { q: 'a', k: 1, limit: 2 })).body.error.details).toEqual({ field: 'limit' })
      expect((await get('/memory/recall?q=a&filters=%7B%7D')).body.error.message).toContain('filters')
      expect((await post('/memory/recall', { q: 'a', n_results: 2 })).body.error.message).toContain('n_results')
    })

    it('logs the question only because it was told to', async () => {
      await get('/memory/recall?q=where+is+my+hat')
      expect(log()).toContain('where is my hat')
    })
  })

  describe('forget', () => {
    it.each<[Record<string, unknown>, Record<string, unknown>]>([
      [{ id: ID.toUpperCase() }, { selector: { ids: [ID] }, dryRun: false }],
      [{ ids: [ID, ID], dry_run: true, reason: 'r', block: false }, { selector: { ids: [ID] }, dryRun: true, reason: 'r', block: false }],
      [{ query: 'my flat' }, { selector: { query: 'my flat' } }],
      [{ preview_token: 't' }, { selector: { previewToken: 't' } }],
      [{ scope: { all: true } }, { selector: { scope: { all: true } } }],
      [{
        scope: {
          run_id: 's', project: 'p', agent_id: 'a', memory_type: 'task', kind: ['fact'], tags: 'x', filters: { role: 'user' },
          after: '2025-05-01', before: '2025-06-01T00:00:00Z',
        },
      }, {
        selector: {
          scope: {
            sessionId: 's', project: 'p', agentId: 'a', retention: ['task'], kind: ['fact'], tags: ['x'],
            expression: { field: 'role', op: 'eq', value: 'user' }, category: undefined, all: undefined,
            occurredFrom: new Date('2025-05-01T05:00:00Z'), occurredUntil: new Date('2025-06-01T00:00:00Z'),
          },
        },
      }],
    ])('selects by %j', async (body, input) => {
      const answer = await post('/memory/forget', { user_id: 'ana', ...body })
      const receipt = { id: OTHER_ID, at: AT, digest: 'abc', purged: false }
      expect(answer).toMatchObject({ status: 200, body: { ids: [ID], tombstones: [OTHER_ID], receipt } })
      expect(fake.forget.forget).toHaveBeenCalledWith(expect.objectContaining({ user: userOf('ana'), ...input }))
    })

    it('previews', async () => {
      fake.forget.forget.mockResolvedValueOnce({ dryRun: true, count: 0, candidates: [], previewToken: 't' })
      expect((await post('/memory/forget', { query: 'x' })).body).toEqual({ dry_run: true, count: 0, candidates: [], preview_token: 't' })
    })

    it.each([[{}, 'id'], [{ id: ID, query: 'x' }, 'query'], [{ scope: {} }, 'scope'],
    [{ scope: { after: '2025-06-01', before: '2025-05-01' } }, 'scope.before'], [{ id: 'abc' }, 'id']])('refuses %j', async (body, field) => {
      expect(await post('/memory/forget', body)).toMatchObject({ status: 400, body: { error: { code: 'invalid_request', details: { field } } } })
    })

    it('says by 409 that a preview is stale', async () => {
      fake.forget.forget.mockRejectedValueOnce(new ReverieError('stale_preview', 'it has changed'))
      expect(await post('/memory/forget', { preview_token: 't' })).toMatchObject({ status: 409, body: { error: { code: 'stale_preview' } } })
    })

    it('keeps receipts', async () => {
      expect(await get(`/memory/forget/receipts/${OTHER_ID}`)).toMatchObject({ status: 200, body: { id: OTHER_ID, purged: false, forgotten: { traces: 1 } } })
      for (const id of [ID, 'x']) expect((await get(`/memory/forget/receipts/${id}`)).status).toBe(404)
    })
  })

  describe('one memory', () => {
    it('is read, also when it is in focus alone', async () => {
      expect(await get(`/memory/${ID}?user_id=ana`)).toMatchObject({ status: 200, body: { id: ID, tier: 'hot' } })
      expect(await get(`/memory/${OTHER_ID}`)).toMatchObject({ status: 200, body: { id: OTHER_ID, content: 'ok', tier: 'focus' } })
      fake.focus.list.mockResolvedValueOnce([focusItem({ durable: true })])
      expect((await get(`/memory/${OTHER_ID}`)).status).toBe(404)
    })

    it('is corrected, with some change at least', async () => {
      const change = { content: 'new', category: null, importance_score: 0.3, memory_type: 'project' }
      expect(await call('PATCH', `/memory/${ID}?user_id=ana`, { body: change })).toMatchObject({ status: 200, body: { content: 'new' } })
      expect(fake.correct.correct).toHaveBeenCalledWith(userOf('ana'), ID, expect.objectContaining({ content: 'new', category: null, importance: 0.3, retention: 'project' }))
      expect((await call('PATCH', `/memory/${ID}`, { body: { user_id: 'ana' } })).body.error.details).toEqual({ field: 'body' })
      fake.correct.correct.mockRejectedValueOnce(notFound('it'))
      expect((await call('PATCH', `/memory/${ID}`, { body: { content: 'x' } })).status).toBe(404)
    })

    it('is forgotten by DELETE, with or without an empty body', async () => {
      expect(await call('DELETE', `/memory/${ID}?user_id=ana&reason=r&block=false`)).toMatchObject({ status: 200, body: { ids: [ID] } })
      expect(fake.forget.forget).toHaveBeenCalledWith({ user: userOf('ana'), selector: { ids: [ID] }, dryRun: false, reason: 'r', block: false })
      expect((await call('DELETE', `/memory/${ID}`, { body: {} })).status).toBe(200)
      expect((await call('DELETE', `/memory/${ID}`, { headers: { 'content-type': 'application/json' } })).status).toBe(200)
      expect((await call('DELETE', `/memory/${ID}`, { body: { user_id: 'ana' } })).body.error.details).toEqual({ field: 'body' })
      fake.forget.forget.mockResolvedValueOnce({ dryRun: true, count: 1, candidates: [], previewToken: 't' })
      expect((await call('DELETE', `/memory/${ID}?dry_run=true`)).body).toMatchObject({ dry_run: true })
    })

    it('has a history and edges', async () => {
      expect((await get(`/memory/${ID}/history`)).body).toMatchObject({ results: [{ superseded_by: OTHER_ID, valid_until: AT },
      { id: OTHER_ID }], next_cursor: null })
      expect((await get(`/memory/${ID}/edges`)).body).toEqual({ edges: [{ src: ID, dst: OTHER_ID, type: 'next', weight: 1, ts: AT }] })
    })

    it.each(['', '/history', '/edges'])('is 404 when it is missing or no id at all: %s', async (path) => {
      for (const id of ['018f0000-0000-7000-8000-000000000000', 'nope', 'similarities']) {
        expect(await get(`/memory/${id}${path}`)).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } })
      }
    })

    it('is listed by page, and entities are not asked for', async () => {
      const answer = await get('/memory?user_id=ana&kind=fact,episode&retention=task&session_id=s&project=p&tags=a,b&limit=7')
      expect(answer).toMatchObject({ status: 200, body: { results: [{ id: ID }], next_cursor: encodeCursor(ID) } })
      const filter = { kind: ['fact', 'episode'], retention: ['task'], sessionId: 's', project: 'p', tags: ['a', 'b'] }
      expect(fake.traces.list).toHaveBeenCalledWith(userOf('ana'), expect.objectContaining(filter), { cursor: undefined, limit: 7 })
      await get(`/memory?cursor=${encodeCursor(ID)}`)
      expect(fake.traces.list).toHaveBeenLastCalledWith(userOf('default'), expect.anything(), { cursor: ID, limit: 50 })
    })
  })
})
