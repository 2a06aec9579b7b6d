import { startServer, type TestServer } from './support/server'
import type { ErrorBody, PreviewBody } from './support/wire'

describe('a preview of what would be forgotten', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server?.close())

  it('shows more than a thousand page by page; the token is of all of them', async () => {
    const user = server.user()
    const messages = Array.from({ length: 1_001 }, (_, i) => ({ content: `Bead ${i} of the long necklace` }))
    const ids = [...await server.api.remember({ user_id: user, messages: messages.slice(0, 1_000) }), ...await server.api.remember({ user_id: user, messages: messages.slice(1_000) })]
    const ask = async (cursor?: string): Promise<PreviewBody> =>
      (await server.api.post<PreviewBody>('/memory/forget', { user_id: user, scope: { all: true }, dry_run: true, ...(cursor === undefined ? {} : { cursor }) })).body
    const first = await ask()
    expect(first).toMatchObject({ count: 1_001, next_cursor: expect.any(String) })
    expect(first.candidates).toHaveLength(1_000)
    const second = await ask(first.next_cursor)
    expect(second).toMatchObject({ count: 1_001, candidates: [expect.anything()] })
    expect(second.next_cursor).toBeUndefined()
    expect([...first.candidates, ...second.candidates].map((c) => c.id).sort()).toEqual([...ids].sort())
    const gone = await server.api.forget({ user_id: user, preview_token: first.preview_token })
    expect(gone.forgotten.traces).toBe(1_001)
    const stale = await server.api.post<ErrorBody>('/memory/forget', { user_id: user, scope: { all: true }, dry_run: true, cursor: first.next_cursor })
    expect(stale).toMatchObject({ status: 409, body: { error: { code: 'stale_preview' } } })
  })

  it.each<[string, Record<string, unknown>]>([
    ['beside nothing that previews', { scope: { all: true } }], ['beside a token', { preview_token: 'x', dry_run: true }], ['that is none', { query: 'bead', cursor: '??' }],
  ])('refuses a cursor %s', async (_, body) => {
    const answer = await server.api.post<ErrorBody>('/memory/forget', { user_id: server.user(), cursor: 'eA', ...body })
    expect(answer).toMatchObject({ status: 400, body: { error: { details: { field: 'cursor' } } } })
  })
})
