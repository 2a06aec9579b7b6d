import { fakes, ID, type Server, start } from './testing/harness'

const KIB = 1024
const LONE = '\ud800'

describe('bad input', () => {
  let server: Server
  const fake = fakes()
  beforeAll(async () => {
    server = await start({}, fake)
  })
  afterAll(() => server.stop())
  afterEach(() => {
    for (const flow of [fake.remember.remember, fake.recall.recall, fake.forget.forget, fake.correct.correct]) expect(flow).not.toHaveBeenCalled()
  })

  const many = <T>(n: number, of: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => of(i))
  const deep = (n: number): unknown => (n === 0 ? 1 : { x: deep(n - 1) })
  const good = { content: 'x' }

  it.each<[string, unknown, string, number?]>([
    ['no content', {}, 'content'],
    ['empty content', { content: '' }, 'content'],
    ['blank content', { content: ' \n ' }, 'content'],
    ['content of another type', { content: 1 }, 'content'],
    ['content and messages', { content: 'x', messages: [good] }, 'messages'],
    ['content over 512 KiB in bytes', { content: 'é'.repeat(256 * KIB + 1) }, 'content', 413],
    ['one message over 512 KiB', { messages: [good, { content: 'x'.repeat(512 * KIB + 1) }] }, 'messages[1].content', 413],
    ['1,001 messages', { messages: many(1001, () => good) }, 'messages'],
    ['no messages', { messages: [] }, 'messages'],
    ['an unknown field', { ...good, contnt: 1 }, 'contnt'],
    ['an unknown field of a message', { messages: [{ ...good, mood: 1 }] }, 'messages[0].mood'],
    ['metadata over 16 KiB', { ...good, metadata: { a: 'é'.repeat(8 * KIB) } }, 'metadata'],
    ['metadata over depth 8', { ...good, metadata: deep(9) }, 'metadata'],
    ['metadata that is a list', { ...good, metadata: [] }, 'metadata'],
    ['65 tags', { ...good, tags: many(65, String) }, 'tags'],
    ['a tag of 65 characters', { ...good, tags: ['x'.repeat(65)] }, 'tags[0]'],
    ['1,001 related ids', { ...good, related: many(1001, () => ID) }, 'related'],
    ['a related id that is none', { ...good, related: ['x'] }, 'related[0]'],
    ['a user of 257 characters', { ...good, user_id: 'x'.repeat(257) }, 'user_id'],
    ['a user of 257 emoji', { ...good, user_id: '🦊'.repeat(257) }, 'user_id'],
    ['an empty user', { ...good, user_id: '' }, 'user_id'],
    ['a time without offset', { ...good, occurred_at: '2025-05-01T10:00:00' }, 'occurred_at'],
    ['importance above 1', { ...good, importance: 1.1 }, 'importance'],
    ['null for a field', { ...good, session_id: null }, 'session_id'],
    ['source over 16 KiB', { ...good, source: 'x'.repeat(16 * KIB) }, 'source'],
    ['NUL in content', { content: 'a\0' }, 'content'],
    ['NUL in metadata', { ...good, metadata: { a: ['\0'] } }, 'metadata.a[0]'],
    ['a lone surrogate in tags', { ...good, tags: [LONE] }, 'tags[0]'],
    ['a lone surrogate in user_id', { ...good, user_id: LONE }, 'user_id'],
    ['__proto__', JSON.parse('{"content":"x","metadata":{"__proto__":{"a":1}}}'), 'metadata'],
    ['a list', [good], 'body'],
    ['a text', 'x', 'body'],
    ['null', null, 'body'],
  ])('is refused by remember: %s', async (_, body, field, status = 400) => {
    const answer = await server.call('POST', '/memory', { body })
    expect(answer).toMatchObject({ status, body: { error: { code: status === 413 ? 'too_large' : 'invalid_request', details: { field } } } })
    expect(answer.body.error.message).toContain(field)
    expect(answer.body.error.message.length).toBeLessThan(500)
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['no q', {}, 'q'], ['empty q', { q: '' }, 'q'], ['q over 8 KiB', { q: 'é'.repeat(4 * KIB + 1) }, 'q'], ['k=0', { q: 'x', k: 0 }, 'k'],
    ['k=201', { q: 'x', k: 201 }, 'k'],
    ['k=1.5', { q: 'x', k: 1.5 }, 'k'], ['k=abc', { q: 'x', k: 'abc' }, 'k'], ['an empty k', { q: 'x', k: '' }, 'k'],
    ['an unknown head', { q: 'x', heads: 'semantic,smell' }, 'heads[1]'], ['no head', { q: 'x', heads: ',' }, 'heads'],
    ['a malformed window', { q: 'x', time_window: 'lately' }, 'time_window'], ['hops=3', { q: 'x', hops: 3 }, 'hops'],
    ['threshold=2', { q: 'x', threshold: 2 }, 'threshold'],
    ['an unknown kind', { q: 'x', kind: 'rumour' }, 'kind[0]'], ['explain=maybe', { q: 'x', explain: 'maybe' }, 'explain'],
    ['an unknown field', { q: 'x', colour: 'red' }, 'colour'], ['NUL in q', { q: 'a\0' }, 'q'],
    ['as_of of another form', { q: 'x', as_of: 'then' }, 'as_of'], ['65 tags', { q: 'x', tags: many(65, String).join(',') }, 'tags'],
  ])('is refused by recall, in body and query string: %s', async (_, asked, field) => {
    for (const answer of [
      await server.call('POST', '/memory/recall', { body: asked }),
      await server.call('GET', `/memory/recall?${new URLSearchParams(asked as Record<string, string>).toString()}`),
    ]) expect(answer).toMatchObject({ status: 400, body: { error: { code: 'invalid_request', details: { field } } } })
  })

  it.each([
    ['an operator', { category: { like: 'x' } }, 'filters.category.like'], ['a field', { colour: 'x' }, 'filters.colour'],
    ['no object', ['x'], 'filters'],
  ])('is refused in filters by name: %s', async (_, filters, field) => {
    expect((await server.call('POST', '/memory/recall', { body: { q: 'x', filters } })).body.error.details).toMatchObject({ field })
  })

  it('is refused when a parameter stands twice', async () => {
    expect((await server.call('GET', '/memory/recall?q=a&q=b')).body.error.details).toMatchObject({ field: 'q' })
  })

  it('is refused when it is not UTF-8', async () => {
    expect((await server.call('GET', '/memory/recall?q=%ED%A0%80')).body.error).toMatchObject({ code: 'invalid_request', details: { field: 'q' } })
    const raw = Buffer.concat([Buffer.from('{"content":"'), Buffer.from([0xe9]), Buffer.from('"}')])
    expect((await server.call('POST', '/memory', { raw })).body.error).toMatchObject({ code: 'invalid_request', details: { field: 'body' } })
  })

  it('is refused in paths', async () => {
    expect((await server.call('GET', '/memory/sessions/a%00b')).body.error).toMatchObject({ code: 'invalid_request', details: { field: 'id' } })
    expect((await server.call('PUT', `/users/${'x'.repeat(257)}`, { body: { time_zone: 'UTC' } })).body.error.details).toMatchObject({ field: 'user_id' })
  })

  it.each([
    ['broken JSON', { raw: '{"content": ' }], ['a form', { raw: 'content=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
    ['plain text', { raw: 'x', headers: { 'content-type': 'text/plain' } }],
    ['a file', { raw: 'x', headers: { 'content-type': 'multipart/form-data; boundary=x' } }],
  ])('is refused as a body: %s', async (_, call) => {
    expect(await server.call('POST', '/memory', call)).toMatchObject({ status: 400, body: { error: { code: 'invalid_request', details: { field: 'body' } } } })
  })

  it('is refused beyond 16 MiB, before it was read whole', async () => {
    const answer = await server.call('POST', '/memory', { raw: `"${'x'.repeat(16 * KIB * KIB)}"` })
    expect(answer).toMatchObject({ status: 413, body: { error: { code: 'too_large', details: { field: 'body' } } } })
  })

  it('is refused when body and query name two users', async () => {
    expect((await server.call('POST', '/memory?user_id=a', { body: { ...good, user_id: 'b' } })).body.error.details).toEqual({ field: 'user_id' })
  })

  it.each(['cursor=abc', 'limit=0', 'limit=201', 'colour=red', 'user_id='])('is refused by a list: %s', async (query) => {
    expect((await server.call('GET', `/memory?${query}`)).body.error.details).toMatchObject({ field: query.split('=')[0] })
  })
})

describe('input at its limits', () => {
  it('is accepted', async () => {
    const server = await start()
    const long = '🦊'.repeat(256)
    expect((await server.call('POST', '/memory', { body: { content: 'x'.repeat(512 * KIB), user_id: 'x'.repeat(256) } })).status).toBe(201)
    expect((await server.call('POST', '/memory', { body: { content: 'x', user_id: long } })).status).toBe(201)
    expect((await server.call('PUT', `/users/${encodeURIComponent(long)}`, { body: { time_zone: 'UTC' } })).status).toBe(200)
    expect((await server.call('POST', '/memory/recall', { body: { q: 'x'.repeat(8 * KIB), k: 200 } })).status).toBe(200)
    await server.stop()
  })
})
