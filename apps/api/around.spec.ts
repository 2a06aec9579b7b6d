import { connect } from 'node:net'
import { ReverieError, userOf } from '#kernel'
import { encodeCursor } from './wire/cursors'
import { OTHER_ID, served } from './testing/harness'

const AT = '2025-05-15T12:00:00.000Z'

describe('the API around its verbs', () => {
  const { fake, get, post, call, log, port } = served({ RECALL_LOG_TEXT: 'on' })

  describe('what is around it', () => {
    it('shows focus, sessions and projects, under older names too', async () => {
      expect((await get('/memory/focus?user_id=ana&session_id=s1')).body).toMatchObject({ results: [{ id: OTHER_ID, durable: false, session_id: 's1' }], next_cursor: null })
      expect(fake.focus.list).toHaveBeenCalledWith(userOf('ana'), 's1')
      expect((await get('/memory/sessions?limit=1')).body).toMatchObject({ results: [{ session_id: 's1', started_at: AT }], next_cursor: encodeCursor('s1') })
      for (const path of ['/memory/sessions/s1', '/memory/session/s1', '/memory/projects/p1', '/memory/project/p1']) expect([path, (await get(path)).status]).toEqual([path, 200])
      for (const path of ['/memory/sessions/none', '/memory/session/none', '/memory/projects/none', '/memory/project/none']) {
        expect([path, (await get(path)).status]).toEqual([path, 404])
      }
    })

    it('takes names of a session that are hard to write in a path', async () => {
      await get(`/memory/sessions/${encodeURIComponent('a/b ü?🦊%'.repeat(20))}`)
      expect(fake.sessions.get).toHaveBeenCalledWith(userOf('default'), 'a/b ü?🦊%'.repeat(20))
    })

    it('counts', async () => {
      expect((await get('/memory/stats?user_id=ana')).body).toMatchObject({ total: 1, by_kind: { episode: 1 }, latest_at: AT })
      const status = {
        backend: 'embedded', counts: { traces: 1 }, embedding: { model: 'use-lite', dim: 768, precision: 'fp16' }, focus: { items: 1 }, queue: { waiting: 2 },
        version: expect.any(String),
      }
      expect((await get('/memory/status')).body).toMatchObject(status)
      expect((await post('/memory/initialize')).body).toMatchObject(status)
      expect((await post('/memory/initialize', { user_id: 'ana' })).status).toBe(200)
      expect((await post('/memory/initialize', { colour: 'red' })).status).toBe(400)
    })

    it('keeps users', async () => {
      expect((await get('/users?limit=5')).body).toEqual({ results: [{ user_id: 'ana', time_zone: 'UTC', created_at: AT }], next_cursor: null })
      expect(await call('PUT', '/users/ana', { body: { time_zone: 'Europe/Lisbon' } })).toMatchObject({ status: 200, body: { user_id: 'ana' } })
      expect(fake.users.setTimeZone).toHaveBeenCalledWith(userOf('ana'), 'Europe/Lisbon')
      expect((await call('PUT', '/users/nobody', { body: { time_zone: 'UTC' } })).status).toBe(404)
      expect((await call('PUT', '/users/ana', { body: { time_zone: 'Mars' } })).body.error.details).toMatchObject({ field: 'time_zone' })
      expect((await call('DELETE', '/users/ana')).body).toMatchObject({ forgotten: { traces: 1 } })
      expect((await call('DELETE', '/users/nobody')).status).toBe(404)
      expect((await call('DELETE', '/users/ana?colour=red')).status).toBe(400)
    })

    it('says how it is, also when the store is down', async () => {
      expect(await get('/health')).toMatchObject({ status: 200, body: { status: 'ok', vector_extension: '0.8.0', vector_query_ms: 1.5, counts: { traces: 1 } } })
      expect(await get('/health/ready')).toMatchObject({ status: 200, body: { status: 'ready' } })
      expect((await get('/health')).body.disk).toBeNull()
      fake.database.disk.mockReturnValueOnce({ freeBytes: 2, reserveBytes: 3 })
      expect((await get('/health')).body).toMatchObject({ status: 'degraded', disk: { free_bytes: 2, reserve_bytes: 3 }, counts: { traces: 1 } })
      fake.stats.probe.mockRejectedValueOnce(new Error('down')).mockRejectedValueOnce(new ReverieError('unavailable', 'the disk is full'))
      expect(await get('/health')).toMatchObject({ status: 200, body: { status: 'degraded', counts: null } })
      const answer = await get('/health/ready')
      expect(answer).toMatchObject({ status: 503, body: { error: { code: 'unavailable', message: 'The store does not answer: the disk is full' } } })
      expect(answer.headers['retry-after']).toMatch(/^\d+$/)
    })

    it('is not ready on a schema that is too old or too new, and says which and what helps', async () => {
      fake.database.schema.mockResolvedValueOnce({ pending: ['Next1800000000000'], latest: 1800000000000, servesSince: 1 })
      const old = await get('/health/ready')
      expect(old).toMatchObject({ status: 503, body: { error: { code: 'unavailable' } } })
      expect(old.body.error.message).toMatch(/too old for this build.*Next1800000000000.*npm run migrate/)
      fake.database.schema.mockResolvedValueOnce({ pending: [], latest: 1, servesSince: 2 })
      expect((await get('/health/ready')).body.error.message).toContain('too new for this build')
      fake.database.schema.mockRejectedValueOnce(new Error('down'))
      expect((await get('/health/ready')).body.error.message).toBe('The store does not answer')
    })

    it('measures itself by routes, and names nobody', async () => {
      await get('/memory/sessions/some-private-name')
      await get('/memory/recall?q=x')
      const { text, headers } = await get('/metrics')
      expect(headers['content-type']).toMatch(/^text\/plain/)
      expect(text).toContain('reverie_http_requests_total{method="GET",route="/memory/sessions/:id",status="404"}')
      expect(text).toMatch(/reverie_recalls_total\{degraded="false"\} \d/)
      expect(text).not.toContain('some-private-name')
    })

    it('describes itself, with a policy for its pages', async () => {
      const { body } = await get('/openapi.json')
      expect(body).toMatchObject({ openapi: '3.1.0', paths: { '/memory/store': { post: { deprecated: true } }, '/memory/{id}': { get: { responses: { default: {} } } } } })
      const docs = await get('/docs')
      expect(docs.headers['content-type']).toMatch(/^text\/html/)
      expect(docs.headers['content-security-policy']).toContain("script-src 'self'")
      expect((await get('/docs/swagger-ui-init.js')).status).toBe(200)
      expect((await get('/memory/stats')).headers['content-security-policy']).toBe("default-src 'none'; frame-ancestors 'none'")
    })

    it('serves the playground', async () => {
      const page = await get('/')
      expect(page).toMatchObject({ status: 200, text: expect.stringContaining('doctype') })
      expect(page.headers['content-security-policy']).toMatch(/script-src 'self' 'sha256-/)
      expect((await get('/playground/playground.js')).headers['content-type']).toMatch(/javascript/)
      expect((await get('/playground/none.js')).status).toBe(404)
    })
  })

  describe('requests and errors', () => {
    it('have an id: the caller\'s own if it is sane', async () => {
      const own = await call('GET', '/memory/nope', { headers: { 'x-request-id': 'mine-1' } })
      expect([own.headers['x-request-id'], own.body.error.request_id]).toEqual(['mine-1', 'mine-1'])
      const other = await call('GET', '/memory/nope', { headers: { 'x-request-id': 'not sane' } })
      expect(other.headers['x-request-id']).toBe(other.body.error.request_id)
      expect(other.body.error.request_id).not.toBe('not sane')
    })

    it('say nothing of what went wrong inside, and the log nothing of what was said', async () => {
      fake.recall.recall.mockRejectedValueOnce(Object.assign(new Error('value "a private matter" too long'), { code: '22001' }))
      const answer = await get('/memory/recall?q=a+private+matter&user_id=private-ana')
      expect(answer).toMatchObject({ status: 500, body: { error: { code: 'internal', message: expect.any(String) } } })
      expect(answer.text).not.toContain('private')
      const entry = log().split('\n').find((line) => line.includes('request failed') && line.includes(answer.body.error.request_id))!
      expect(JSON.parse(entry)).toMatchObject({ level: 'error', request_id: answer.body.error.request_id, error: { code: '22001', stack: expect.any(Array) } })
      expect(log()).not.toContain('private')
    })

    it('are 503 with Retry-After while something is down', async () => {
      fake.remember.remember.mockRejectedValueOnce(new ReverieError('unavailable', 'The store is busy'))
      const answer = await post('/memory', { content: 'x' })
      expect(answer).toMatchObject({ status: 503, body: { error: { code: 'unavailable', message: 'The store is busy' } } })
      expect(answer.headers['retry-after']).toBe('5')
    })

    it('have the same form for what is no path, no URL and no HTTP', async () => {
      expect(await call('PUT', '/memory?secret=1')).toMatchObject({ status: 404, body: { error: { code: 'not_found', message: 'PUT /memory does not exist' } } })
      expect(await get('/memory/%FF')).toMatchObject({ status: 400, body: { error: { code: 'invalid_request', details: { field: 'url' } } } })
      const raw = await new Promise<string>((resolve) => {
        let text = ''
        const socket = connect(port(), '127.0.0.1').on('data', (chunk) => (text += chunk.toString())).on('close', () => resolve(text))
        socket.write('GET /caf\u00e9 HTTP/1.1\r\nhost: localhost\r\n\r\n', 'latin1')
      })
      expect(raw).toMatch(/^HTTP\/1.1 400 /)
      expect(JSON.parse(raw.split('\r\n\r\n')[1]!)).toMatchObject({ error: { code: 'invalid_request', details: { field: 'url' }, request_id: expect.any(String) } })
    })

    it('know a path with a slash at its end', async () => {
      expect((await get('/memory/stats/')).status).toBe(200)
    })
  })
})
