import type { Answer } from './support/api'
import { startServer, type TestServer } from './support/server'
import type { ErrorBody, RememberBody } from './support/wire'

const KIB = 1024
const LONE = '\ud800'
const ID = '018f0000-0000-7000-8000-000000000000'
const nest = (depth: number): unknown => (depth === 0 ? 'leaf' : { in: nest(depth - 1) })
const nestFilter = (depth: number): unknown => (depth === 1 ? { kind: 'fact' } : { NOT: nestFilter(depth - 1) })
const many = (n: number, of: (i: number) => unknown): unknown[] => Array.from({ length: n }, (_, i) => of(i))
/** Refused as a bad request, or, when it is only too much of something good, as too large. */
const TOO_MUCH = [400, 413]

describe('bad input', () => {
  let server: TestServer
  let before: Record<string, number>
  beforeAll(async () => {
    server = await startServer()
    await server.api.remember({ user_id: 'witness', content: 'Something that stays as it is' })
    before = await server.store.counts()
  })
  afterEach(async () => {
    await server.settled()
    expect(await server.store.counts()).toEqual(before)
  })
  afterAll(() => server?.close())

  const expectRefusal = (answer: Answer<ErrorBody>, field: string | undefined, statuses: readonly number[] = [400]): void => {
    const expected = { status: statuses.includes(answer.status) ? answer.status : statuses, answer: answer.text.slice(0, 300) }
    expect({ status: answer.status, answer: answer.text.slice(0, 300) }).toEqual(expected)
    const { code, message, request_id: id } = answer.body.error
    expect(code).toBe({ 400: 'invalid_request', 403: 'forbidden', 404: 'not_found', 413: 'too_large', 422: 'unprocessable' }[answer.status])
    expect(id).toEqual(expect.any(String))
    expect(id).not.toBe('')
    expect(message.length).toBeLessThan(1000)
    if (field !== undefined) expect(`${String(answer.body.error.details?.field)} | ${message}`).toContain(field)
  }

  const message = { user_id: 'bad', content: 'An ordinary remark about the harbour' }
  it.each<[string, unknown, string, number[]?]>([
    ['no content', { user_id: 'bad' }, 'content'],
    ['empty content', { ...message, content: '' }, 'content'],
    ['content of white space', { ...message, content: ' \n\t ' }, 'content'],
    ['content that is no text', { ...message, content: 7 }, 'content'],
    ['content and messages', { ...message, messages: [{ content: 'x' }] }, 'messages'],
    ['no messages', { user_id: 'bad', messages: [] }, 'messages'],
    ['1,001 messages', { user_id: 'bad', messages: many(1001, (i) => ({ content: `remark ${i}` })) }, 'messages', TOO_MUCH],
    ['one bad message among good ones', { user_id: 'bad', messages: [{ content: 'good' }, { content: '' }] }, 'content'],
    ['content of more than 512 KiB', { ...message, content: 'a'.repeat(512 * KIB + 1) }, 'content', TOO_MUCH],
    ['content of more than 512 KiB by its bytes', { ...message, content: 'é'.repeat(256 * KIB + 1) }, 'content', TOO_MUCH],
    ['metadata of more than 16 KiB', { ...message, metadata: { text: 'a'.repeat(16 * KIB) } }, 'metadata', TOO_MUCH],
    ['metadata deeper than 8', { ...message, metadata: nest(9) }, 'metadata', TOO_MUCH],
    ['metadata that is a list', { ...message, metadata: [] }, 'metadata'],
    ['65 tags', { ...message, tags: many(65, (i) => `t${i}`) }, 'tags', TOO_MUCH],
    ['a tag of 65 characters', { ...message, tags: ['a'.repeat(65)] }, 'tags', TOO_MUCH],
    ['an empty tag', { ...message, tags: [''] }, 'tags'],
    ['1,001 related ids', { ...message, related: many(1001, () => ID) }, 'related', TOO_MUCH],
    ['a related id that is none', { ...message, related: ['abc'] }, 'related'],
    ['an unknown field', { ...message, contents: 'x' }, 'contents'],
    ['an unknown field in a message', { user_id: 'bad', messages: [{ content: 'good words', mood: 1 }] }, 'mood'],
    ['an unknown retention', { ...message, retention: 'forever' }, 'retention'],
    ['an unknown kind', { ...message, kind: 'rumour' }, 'kind'],
    ['importance above 1', { ...message, importance: 1.5 }, 'importance'],
    ['confidence below 0', { ...message, confidence: -0.1 }, 'confidence'],
    ['a time that is none', { ...message, occurred_at: 'yesterday' }, 'occurred_at'],
    ['a day that does not exist', { ...message, occurred_at: '2025-02-30T10:00:00Z' }, 'occurred_at'],
    ['an expiry that is no time', { ...message, expires_at: 12 }, 'expires_at'],
    ['an empty user', { ...message, user_id: '' }, 'user_id'],
    ['a user of 257 characters', { ...message, user_id: 'u'.repeat(257) }, 'user_id', TOO_MUCH],
    ['a user that is a number', { ...message, user_id: 7 }, 'user_id'],
    ['NUL in content', { ...message, content: 'a\0b' }, 'content'],
    ['NUL in tags', { ...message, tags: ['a\0b'] }, 'tags'],
    ['NUL in metadata', { ...message, metadata: { a: 'x\0' } }, 'metadata'],
    ['NUL in a key of metadata', { ...message, metadata: { 'a\0': 'x' } }, 'metadata'],
    ['NUL in user_id', { ...message, user_id: 'a\0' }, 'user_id'],
    ['NUL in session_id', { ...message, session_id: 'a\0' }, 'session_id'],
    ['NUL in source', { ...message, source: { a: '\0' } }, 'source'],
    ['a lone surrogate in content', { ...message, content: `a${LONE}b` }, 'content'],
    ['a lone surrogate in tags', { ...message, tags: [LONE] }, 'tags'],
    ['a lone surrogate in metadata', { ...message, metadata: { a: [LONE] } }, 'metadata'],
    ['a lone surrogate in a key of metadata', { ...message, metadata: { [LONE]: 1 } }, 'metadata'],
    ['a lone surrogate in user_id', { ...message, user_id: LONE }, 'user_id'],
    ['a list as body', [message], ''],
    ['null as body', null, ''],
  ])('is refused by remember: %s', async (_, body, field, statuses = [400]) => {
    expectRefusal(await server.api.post<ErrorBody>('/memory', body), field, statuses)
  })

  const question = { user_id: 'bad', q: 'harbour' }
  const recallCases: [string, Record<string, unknown>, string, number[]?][] = [
    ['no q', { user_id: 'bad' }, 'q'],
    ['an empty q', { ...question, q: '' }, 'q'],
    ['q of more than 8 KiB', { ...question, q: 'a'.repeat(8 * KIB + 1) }, 'q', TOO_MUCH],
    ['k = 0', { ...question, k: 0 }, 'k'],
    ['k = 201', { ...question, k: 201 }, 'k'],
    ['k = 1.5', { ...question, k: 1.5 }, 'k'],
    ['k that is no number', { ...question, k: 'many' }, 'k'],
    ['top_k = 0', { ...question, top_k: 0 }, 'k'],
    ['limit = 201', { ...question, limit: 201 }, 'limit'],
    ['an unknown head', { ...question, heads: 'semantic,telepathic' }, 'heads'],
    ['a malformed window', { ...question, time_window: 'lately' }, 'time_window'],
    ['a window of a day that does not exist', { ...question, time_window: '2025-02-30..2025-03-01' }, 'time_window'],
    ['a window that ends before it begins', { ...question, time_window: '2025-03-01..2025-02-01' }, 'time_window'],
    ['threshold above 1', { ...question, threshold: 1.1 }, 'threshold'],
    ['hops = 3', { ...question, hops: 3 }, 'hops'],
    ['an unknown retention', { ...question, retention: 'forever' }, 'retention'],
    ['an unknown kind', { ...question, kind: 'rumour' }, 'kind'],
    ['explain that is neither true nor false', { ...question, explain: 'perhaps' }, 'explain'],
    ['as_of that is no time', { ...question, as_of: 'then' }, 'as_of'],
    ['as_of in the future', { ...question, as_of: '2999-01-01T00:00:00Z' }, 'as_of'],
    ['threshold = 2', { ...question, threshold: 2 }, 'threshold'],
    ['NUL in q', { ...question, q: 'a\0' }, 'q'],
    ['NUL in user_id', { ...question, user_id: 'a\0' }, 'user_id'],
    ['NUL in tags', { ...question, tags: 'a\0' }, 'tags'],
    ['an unknown field', { ...question, colour: 'red' }, 'colour'],
  ]
  it.each(recallCases)('is refused by recall, by POST and by GET: %s', async (_, body, field, statuses = [400]) => {
    expectRefusal(await server.api.post<ErrorBody>('/memory/recall', body), field, statuses)
    expectRefusal(await server.api.get<ErrorBody>('/memory/recall', body as Record<string, string>), field, statuses)
  })

  it.each<[string, unknown, number[]?]>([
    ['an unknown operator', { 'metadata.a': { like: 'x' } }],
    ['an unknown field', { colour: 'red' }],
    ['a column that is not to be filtered by', { user_id: { exists: true } }],
    ['AND that is no list', { AND: { kind: 'fact' } }],
    ['in without a list', { kind: { in: 'fact' } }],
    ['a date that is none', { occurred_at: { gte: 'soon' } }],
    ['a number compared with text', { salience: { gte: 'high' } }],
    ['a list instead of an object', [{ kind: 'fact' }]],
    ['six levels of NOT', nestFilter(7), TOO_MUCH],
    ['65 terms', { OR: many(65, (i) => ({ 'metadata.n': i })) }, TOO_MUCH],
    ['NUL in a value', { 'metadata.a': 'x\0' }],
    ['NUL in a path', { 'metadata.a\0': 'x' }],
    ['a lone surrogate in a value', { 'metadata.a': LONE }],
  ])('is refused in filters of recall and of a forget scope: %s', async (_, filters, statuses = [400]) => {
    expectRefusal(await server.api.post<ErrorBody>('/memory/recall', { ...question, filters }), 'filters', statuses)
    expectRefusal(await server.api.post<ErrorBody>('/memory/forget', { user_id: 'witness', scope: { filters } }), 'filters', statuses)
  })

  it('refuses a lone surrogate in q, by POST and, as invalid UTF-8, by GET', async () => {
    expectRefusal(await server.api.post<ErrorBody>('/memory/recall', { ...question, q: LONE }), 'q')
    for (const q of ['%ED%A0%80', '%FF', '%00']) {
      const response = await fetch(`${server.url}/memory/recall?user_id=bad&q=${q}`)
      expect(response.status).toBe(400)
      expect(((await response.json()) as ErrorBody).error.code).toBe('invalid_request')
    }
  })

  it.each<[string, unknown, string]>([
    ['an empty scope', { scope: {} }, 'scope'],
    ['all: false as only scope', { scope: { all: false } }, 'scope'],
    ['a scope of empty lists', { scope: { tags: [] } }, 'scope'],
    ['nothing to forget', {}, 'id'],
    ['an id and a query', { id: ID, query: 'x' }, 'query'],
    ['an id that is none', { id: 'abc' }, 'id'],
    ['an empty list of ids', { ids: [] }, 'ids'],
    ['1,001 ids', { ids: many(1001, () => ID) }, 'ids'],
    ['an empty query', { query: '' }, 'query'],
    ['a query of more than 8 KiB', { query: 'a'.repeat(8 * KIB + 1) }, 'query'],
    ['an unknown field', { id: ID, everything: true }, 'everything'],
    ['an unknown field of the scope', { scope: { colour: 'red' } }, 'colour'],
    ['a bound that is no time', { scope: { before: 'soon' } }, 'before'],
    ['NUL in a reason', { id: ID, reason: '\0' }, 'reason'],
  ])('is refused by forget: %s', async (_, body, field) => {
    expectRefusal(await server.api.post<ErrorBody>('/memory/forget', { user_id: 'witness', ...(body as object) }), field, TOO_MUCH)
  })

  it('refuses a body that is no JSON, a form, bytes that are no UTF-8, and one of more than 16 MiB', async () => {
    const json = 'application/json'
    expectRefusal(await server.api.raw('POST', '/memory', '{"content": ', json), undefined)
    expectRefusal(await server.api.raw('POST', '/memory', '', json), undefined)
    for (const type of ['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain']) {
      const answer = await server.api.raw<ErrorBody>('POST', '/memory', 'content=An+ordinary+remark', type)
      expect([400, 415]).toContain(answer.status)
      expect(answer.body.error.code).toBe('invalid_request')
    }
    const bytes = new Uint8Array(Buffer.concat([Buffer.from('{"user_id":"bad","content":"caf'), Buffer.from([0xe9]), Buffer.from(' by the harbour"}')]))
    expectRefusal(await server.api.raw('POST', '/memory', bytes, json), undefined)
    const huge = JSON.stringify({ user_id: 'bad', messages: many(17, () => ({ content: 'a'.repeat(KIB * KIB) })) })
    expectRefusal(await server.api.raw('POST', '/memory', huge, json), undefined, [413])
  })

  it('does not let __proto__ in', async () => {
    const answer = await server.api.raw<ErrorBody>('POST', '/memory/recall', '{"user_id":"bad","q":"x","__proto__":{"k":1}}', 'application/json')
    expect(answer.status).toBeLessThan(500)
    expect(({} as Record<string, unknown>).k).toBeUndefined()
  })

  it('refuses a wrong id by name and a missing one with 404, on every path that takes one', async () => {
    for (const path of ['', '/history', '/edges']) {
      const malformed = await server.api.get<ErrorBody>(`/memory/not-an-id${path}`, { user_id: 'witness' })
      expectRefusal(malformed, malformed.status === 400 ? 'id' : undefined, [400, 404])
      expectRefusal(await server.api.get(`/memory/${ID}${path}`, { user_id: 'witness' }), undefined, [404])
    }
    expectRefusal(await server.api.patch(`/memory/${ID}?user_id=witness`, { category: 'x' }), undefined, [404])
    expectRefusal(await server.api.delete(`/memory/${ID}`, { user_id: 'witness' }), undefined, [404])
    expectRefusal(await server.api.delete('/memory/not-an-id', { user_id: 'witness' }), undefined, [400, 404])
  })

  it.each<[string, unknown, string]>([
    ['an unknown field', { colour: 'red' }, 'colour'],
    ['empty content', { content: '' }, 'content'],
    ['NUL in metadata', { metadata: { a: '\0' } }, 'metadata'],
    ['importance above 1', { importance: 2 }, 'importance'],
    ['65 tags', { tags: many(65, (i) => `t${i}`) }, 'tags'],
    ['content of more than 512 KiB', { content: 'a'.repeat(512 * KIB + 1) }, 'content'],
  ])('is refused by PATCH: %s', async (_, body, field) => {
    const { body: listed } = await server.api.get<{ results: { id: string }[] }>('/memory', { user_id: 'witness' })
    expectRefusal(await server.api.patch<ErrorBody>(`/memory/${listed.results[0]!.id}?user_id=witness`, body), field, TOO_MUCH)
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['no other memory', {}, 'dst'],
    ['an id that is none', { dst: 'abc' }, 'dst'],
    ['a memory with itself', { dst: ID }, 'dst'],
    ['two names of dst that disagree', { dst: ID, id: ID.replace('8', '9') }, 'id'],
    ['an unknown type', { dst: ID, type: 'loves' }, 'type'],
    ['a type that only forgetting may undo', { dst: ID, type: 'derived_from' }, 'type'],
    ['a weight above 1', { dst: ID, weight: 1.5 }, 'weight'],
    ['an unknown field', { dst: ID, colour: 'red' }, 'colour'],
  ])('is refused as a connection: %s', async (_, body, field) => {
    expectRefusal(await server.api.post<ErrorBody>(`/memory/${ID}/edges`, { user_id: 'witness', ...body }), field)
    const { weight, ...query } = body as Record<string, string>
    const statuses = field === 'dst' && body.dst === ID ? [404] : [400]
    expectRefusal(await server.api.delete<ErrorBody>(`/memory/${ID}/edges`, { user_id: 'witness', ...query, ...(weight === undefined ? {} : { weight }) }),
      statuses[0] === 404 ? undefined : field, statuses)
  })

  it('refuses a memory of another user as related, like one that does not exist, and says which', async () => {
    const { body: listed } = await server.api.get<{ results: { id: string }[] }>('/memory', { user_id: 'witness' })
    for (const id of [listed.results[0]!.id, ID]) {
      const answer = await server.api.post<ErrorBody>('/memory', { ...message, related: [id] })
      expectRefusal(answer, 'related')
      expect(answer.body.error.message).toBe(`related: no memory ${id}`)
    }
  })

  it('takes a question that is as long as may be, at the ends of every range', async () => {
    for (const more of [{ hops: 0, threshold: 0, k: 1 }, { hops: 2, threshold: 1, k: 200 }, { as_of: '2000-01-01' }, { reference_date: '2999-01-01' }]) {
      const { status } = await server.api.post('/memory/recall', { ...question, q: 'a'.repeat(8 * KIB), reinforce: false, ...more })
      expect(status).toBe(200)
    }
  })

  it('refuses a malformed cursor, limit and time zone by name', async () => {
    expectRefusal(await server.api.get<ErrorBody>('/memory', { user_id: 'witness', cursor: 'abc' }), 'cursor')
    expectRefusal(await server.api.get<ErrorBody>('/memory', { user_id: 'witness', limit: 0 }), 'limit')
    expectRefusal(await server.api.get<ErrorBody>('/memory', { user_id: 'witness', colour: 'red' }), 'colour')
    expectRefusal(await server.api.put<ErrorBody>('/users/witness', { time_zone: 'Mars/Olympus' }), 'time_zone')
    expectRefusal(await server.api.put<ErrorBody>('/users/witness', {}), 'time_zone')
  })

  it('answers an unknown path with 404 in the same form', async () => {
    expectRefusal(await server.api.get<ErrorBody>('/nowhere'), undefined, [404])
    expectRefusal(await server.api.post<ErrorBody>('/memory/nowhere/else/at/all', {}), undefined, [404])
  })
})

describe('input at its limit', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server?.close())

  it.each<[string, Record<string, unknown>]>([
    ['a user of 256 characters', { user_id: 'u'.repeat(256) }],
    ['a user of 256 emoji', { user_id: '🦊'.repeat(128) }],
    ['content of 512 KiB', { content: 'harbour '.repeat(64 * KIB) }],
    ['a word of 512 KiB', { content: 'M'.repeat(512 * KIB) }],
    ['a list of 64 KiB of numbers', { content: '1,'.repeat(32 * KIB) }],
    ['64 KiB of lines of one word', { content: '- a\n'.repeat(16 * KIB) }],
    ['metadata of depth 8', { metadata: nest(8) }],
    ['metadata of nearly 16 KiB', { metadata: { text: 'a'.repeat(16 * KIB - 11) } }],
    ['64 tags of 64 characters', { tags: many(64, (i) => String(i).padEnd(64, 'x')) }],
    ['an emoji in every field', { user_id: '🦊', session_id: '🦊', tags: ['🦊'], metadata: { '🦊': '🦊' }, category: '🦊', content: '🦊 runs through the snow' }],
  ])('is accepted: %s', async (_, body) => {
    const answer = await server.api.post<RememberBody>('/memory', { user_id: server.user(), content: 'A boat in the harbour', wait: false, ...body })
    expect(answer.text.slice(0, 300)).toContain('stored')
    expect(answer.status).toBe(201)
    await server.settled()
  })

  it('is accepted by recall: k = 1, k = 200, q of 8 KiB, filters of depth 5 and of 64 terms', async () => {
    for (const more of [{ k: 1 }, { k: 200 }, { q: 'a'.repeat(8 * KIB) }, { filters: nestFilter(5) }, { filters: { OR: many(64, (i) => ({ 'metadata.n': i })) } }]) {
      expect((await server.api.post('/memory/recall', { user_id: 'limit', q: 'harbour', ...more })).status).toBe(200)
    }
  })
})
