import type { Answer } from './support/api'
import { startServer, type TestServer } from './support/server'
import type { ErrorBody } from './support/wire'

const NDJSON = 'application/x-ndjson'
const SECRET = 'a secret that no error quotes'
const A = '018f0000-0000-7000-8000-00000000000a'
const B = '018f0000-0000-7000-8000-00000000000b'
const header = { line: 'header', format: 'reverie', version: 1, user_id: 'ana', time_zone: null }
const trace = {
  line: 'trace', id: A, kind: 'episode', role: 'user', speaker: null, content: SECRET, retention: 'personal', session_id: null, place: 'alone', project: null,
  agent_id: null, salience: 0.5, first_salience: null, salience_given: true, confidence: 1, category: null, tags: [], source: null, metadata: {}, triple: null,
  occurred_at: '2025-01-01T00:00:00.000Z',
  dated: true, created_at: '2025-01-01T00:00:00.000Z', valid_from: '2025-01-01T00:00:00.000Z', valid_until: null, superseded_by: null, expires_at: null, pruned_at: null,
}
const edge = { line: 'edge', src: A, dst: B, type: 'related', weight: 1, ts: '2025-01-01T00:00:00.000Z', meta: null }
const session = {
  line: 'session', session_id: 's', project: null, started_at: '2025-01-01T00:00:00.000Z', ended_at: '2025-01-01T00:00:00.000Z', last_at: '2025-01-01T00:00:00.000Z',
  message_count: 1, next_place: 1, topics: [], importance: null, summary: null,
}

/** The lines with the end that belongs to them. */
function whole(...lines: object[]): string {
  const count = (kind: string): number => lines.filter((line) => 'line' in line && line.line === kind).length
  return [...lines, { line: 'end', sessions: count('session'), traces: count('trace'), edges: count('edge') }].map((line) => JSON.stringify(line)).join('\n')
}

describe('an import that is at fault', () => {
  let server: TestServer
  let before: Record<string, number>
  beforeAll(async () => {
    server = await startServer()
    await server.api.remember({ user_id: 'witness', content: 'Something that stays as it is' })
    before = await server.store.counts()
  })
  afterAll(() => server?.close())
  afterEach(async () => expect(await server.store.counts()).toEqual(before))

  const send = (body: string | Uint8Array<ArrayBuffer>, type = NDJSON): Promise<Answer<ErrorBody>> => server.api.raw<ErrorBody>('POST', '/memory/import?user_id=bad', body, type)

  it.each<[string, string, number, string]>([
    ['what is no JSON', `${JSON.stringify(header)}\n{"line": `, 2, 'line is not valid JSON'],
    ['a number', '7', 1, 'line must be an object whose "line" is one of header, session, trace, edge, end'],
    ['a line of no known kind', whole(header, { ...trace, line: 'diary' }), 2, 'line must be an object whose "line" is one of header, session, trace, edge, end'],
    ['another format', whole({ ...header, format: 'mem0' }), 1, 'format must be one of reverie'],
    ['another version', whole({ ...header, version: 2 }), 1, 'version must be one of 1'],
    ['a time zone that is none', whole({ ...header, time_zone: 'Mars/Olympus' }), 1, 'time_zone must be an IANA time zone like Europe/Lisbon'],
    ['no content', whole(header, { ...trace, content: undefined }), 2, 'content is required'],
    ['content of white space', whole(header, { ...trace, content: ' ' }), 2, 'content must not be empty'],
    ['content of more than 512 KiB', whole(header, { ...trace, content: 'a'.repeat(512 * 1024 + 1) }), 2, 'content must have at most 512 KiB'],
    ['NUL in content', whole(header, { ...trace, content: `${SECRET}\0` }), 2, 'content holds a NUL character'],
    ['a lone surrogate in metadata', whole(header, { ...trace, metadata: { a: ['\ud800'] } }), 2, 'metadata.a[0] holds a lone surrogate'],
    ['an unknown field', whole(header, { ...trace, mood: 1 }), 2, 'mood is not a known field'],
    ['an id that is none', whole(header, { ...trace, id: 'abc' }), 2, 'id must be an id (a UUID)'],
    ['an unknown kind', whole(header, { ...trace, kind: 'rumour' }), 2, 'kind must be one of episode, summary, fact, entity, preference, pattern, collection, procedure'],
    ['an unknown retention', whole(header, { ...trace, retention: 'forever' }), 2, 'retention must be one of personal, project, task'],
    ['salience above 1', whole(header, { ...trace, salience: 1.1 }), 2, 'salience must be at most 1'],
    ['65 tags', whole(header, { ...trace, tags: Array.from({ length: 65 }, (_, i) => `t${i}`) }), 2, 'tags must have at most 64 entries'],
    ['metadata that is a list', whole(header, { ...trace, metadata: [] }), 2, 'metadata must be an object'],
    ['metadata of 40 levels', whole(header, { ...trace, source: JSON.parse(`${'['.repeat(40)}${']'.repeat(40)}`) }), 2, 'source must be nested at most 32 levels deep'],
    ['a date without a time', whole(header, { ...trace, created_at: '2025-01-01' }), 2, 'created_at must be an ISO 8601 time with offset, like 2025-05-08T10:00:00.000Z'],
    ['a day that does not exist', whole(header, { ...trace, created_at: '2025-02-30T00:00:00.000Z' }), 2, 'created_at must be an ISO 8601 time with offset, like 2025-05-08T10:00:00.000Z'],
    ['a place that is none', whole(header, { ...trace, place: 'there' }), 2, 'place must be a whole number, "alone" or null'],
    ['a place before all others', whole(header, { ...trace, place: -1 }), 2, 'place must be at least 0'],
    ['an empty session name', whole(header, { ...session, session_id: '' }), 2, 'session_id must not be empty'],
    ['an edge of a trace with itself', whole(header, trace, { ...edge, dst: A }), 3, 'dst must be another trace'],
    ['an edge to nowhere', whole(header, trace, edge), 3, 'dst is no trace of this import'],
    ['a weight that is no number', whole(header, trace, { ...edge, weight: 'heavy' }), 3, 'weight must be a number'],
    ['no end', [header, trace].map((line) => JSON.stringify(line)).join('\n'), 2, 'line must be followed by the end: the import was cut off'],
    ['nothing', '\n', 1, 'line must be the header: the import is empty'],
  ])('is refused by its line: %s', async (_, body, line, problem) => {
    const answer = await send(body)
    expect([answer.status, answer.body.error.code]).toEqual([400, 'invalid_request'])
    expect(answer.body.error.details!.field).toBe(`line ${line}`)
    const problems = (answer.body.error.details!.problems as { line: number; field: string; message: string }[]).map((p) => [p.line, `${p.field} ${p.message}`])
    expect(problems).toContainEqual([line, problem])
    expect(answer.text).not.toContain('secret')
  })

  it('tells of many lines at once, of a hundred at most', async () => {
    const bad = { ...trace, content: '' }
    const few = await send(whole(header, bad, trace, { ...bad, id: B, salience: 3 }))
    expect((few.body.error.details!.problems as { line: number; field: string }[]).map(({ line, field }) => `${line} ${field}`)).toEqual(['2 content', '4 content', '4 salience'])
    expect(few.body.error.message).toBe('line 2: content must not be empty, and 2 more')
    const many = await send(whole(header, ...Array.from({ length: 500 }, () => bad)))
    expect(many.body.error.details!.problems).toHaveLength(100)
  })

  it('is refused when it is no JSON lines: by its type, its bytes, or for want of a body', async () => {
    expect((await send(new Uint8Array([0xff, 0x0a]))).body.error.details).toMatchObject({ problems: [{ line: 1, field: 'line', message: 'is not valid UTF-8' }] })
    for (const type of ['text/plain', 'application/x-www-form-urlencoded']) expect((await send(whole(header, trace), type)).status).toBe(400)
    expect((await server.api.post<ErrorBody>('/memory/import?user_id=bad')).body.error.message).toMatch(/^body: must be JSON lines/)
    expect((await send(whole(header, { ...trace, content: '' }), 'application/json')).body.error.details!.field).toBe('line 2')
    expect((await server.api.raw<ErrorBody>('POST', '/memory', whole(header), NDJSON)).body.error).toMatchObject({ code: 'invalid_request', details: { field: 'body' } })
  })

  it('is refused by name for what stands beside it, as an export is', async () => {
    const raw = (query: string): Promise<Answer<ErrorBody>> => server.api.raw<ErrorBody>('POST', `/memory/import?${query}`, whole(header), NDJSON)
    for (const [query, field] of [['user_id=', 'user_id'], ['dry_run=perhaps', 'dry_run'], ['colour=red', 'colour']] as const) {
      expect((await raw(query)).body.error).toMatchObject({ code: 'invalid_request', details: { field } })
    }
    for (const [body, field] of [[{ user_id: '' }, 'user_id'], [{ user_id: 7 }, 'user_id'], [{ format: 'csv' }, 'format']] as const) {
      expect((await server.api.post<ErrorBody>('/memory/export', body)).body.error).toMatchObject({ code: 'invalid_request', details: { field } })
    }
  })

  it('of nobody is a header and an end', async () => {
    const { status, text } = await server.api.post('/memory/export', { user_id: 'nobody' })
    expect([status, text]).toEqual([200, `${JSON.stringify({ ...header, user_id: 'nobody' })}\n{"line":"end","sessions":0,"traces":0,"edges":0}\n`])
  })
})
