import { startServer, type TestServer } from './support/server'
import type { EdgesBody, ErrorBody, Memory, RememberBody } from './support/wire'

interface GraphBody {
  nodes: (Memory & { depth: number; tier: string })[]
  edges: EdgesBody['edges']
}

describe('the graph', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server?.close())
  afterEach(() => server.setClock())

  const tell = async (user: string, content: string, more: Record<string, unknown> = {}): Promise<string> => {
    const { status, body } = await server.api.post<RememberBody>('/memory', { user_id: user, content, ...more })
    expect(status).toBe(201)
    return body.results[0]!.id
  }
  const connect = async (user: string, src: string, dst: string, weight: number): Promise<void> => {
    expect((await server.api.post(`/memory/${src}/edges`, { user_id: user, dst, weight })).status).toBe(201)
  }
  const graph = async (user: string, query: Record<string, string> = {}): Promise<GraphBody> => {
    const { status, body } = await server.api.get<GraphBody>('/memory/graph', { user_id: user, ...query })
    expect(status).toBe(200)
    return body
  }
  /** A chain: boat – sail – wind – kite. */
  const chain = async (user: string): Promise<string[]> => {
    const ids: string[] = []
    for (const text of ['the boat lies in the bay', 'its sail was torn apart', 'a wind came up at noon', 'we flew a kite after that']) ids.push(await tell(user, text))
    for (const [i, weight] of [0.9, 0.8, 0.7].entries()) await connect(user, ids[i]!, ids[i + 1]!, weight)
    return ids
  }

  it('around a memory holds what is so many edges away, whichever way they go, nearest and strongest first', async () => {
    const user = server.user()
    const [boat, sail, wind, kite] = await chain(user)
    const one = await graph(user, { center: sail! })
    expect(one.nodes.map(({ id, depth }) => [id, depth])).toEqual([[sail, 0], [boat, 1], [wind, 1]])
    expect(one.edges.map(({ src, dst, weight }) => [src, dst, weight])).toEqual([[boat, sail, 0.9], [sail, wind, 0.8]])
    const two = await graph(user, { center: sail!.toUpperCase(), depth: '2' })
    expect(two.nodes.map(({ id, depth }) => [id, depth])).toEqual([[sail, 0], [boat, 1], [wind, 1], [kite, 2]])
    expect(two.edges).toHaveLength(3)
    expect(two.nodes[0]).toMatchObject({ content: 'its sail was torn apart', kind: 'episode', tier: 'hot' })
  })

  it('holds no more nodes than asked for, and only edges between them', async () => {
    const user = server.user()
    const [boat, sail] = await chain(user)
    const some = await graph(user, { center: sail!, depth: '3', limit: '2' })
    expect(some.nodes.map((node) => node.id)).toEqual([sail, boat])
    expect(some.edges.map(({ src, dst }) => [src, dst])).toEqual([[boat, sail]])
  })

  it('without a center is where most connections meet', async () => {
    const user = server.user()
    const [, sail, wind] = await chain(user)
    const { nodes, edges } = await graph(user, { limit: '2' })
    expect(nodes.map(({ id, depth }) => [id, depth])).toEqual([[sail, 0], [wind, 0]])
    expect(edges).toHaveLength(1)
    expect(await graph(server.user())).toEqual({ nodes: [], edges: [] })
  })

  it('leads over nothing that expired, was corrected or forgotten', async () => {
    const user = server.user()
    const [boat, sail, wind] = await chain(user)
    await server.api.post('/memory/forget', { user_id: user, id: boat })
    await server.api.patch(`/memory/${wind}?user_id=${user}`, { content: 'no wind came up at all' })
    expect((await graph(user, { center: sail!, depth: '3' })).nodes.map((node) => node.id)).not.toEqual(expect.arrayContaining([boat]))
    expect((await graph(user, { center: sail!, depth: '3' })).nodes.map((node) => node.id)).not.toEqual(expect.arrayContaining([wind]))
  })

  it('is that of one user', async () => {
    const user = server.user()
    const [boat] = await chain(user)
    const { status, body } = await server.api.get<ErrorBody>('/memory/graph', { user_id: server.user(), center: boat! })
    expect([status, body.error.code]).toEqual([404, 'not_found'])
  })

  it.each([
    ['center', 'x'], ['depth', '0'], ['depth', '4'], ['depth', 'deep'], ['limit', '0'], ['limit', '501'], ['centre', 'x'],
  ])('refuses %s=%s by name', async (field, value) => {
    const { status, body } = await server.api.get<ErrorBody>('/memory/graph', { [field]: value })
    expect([status, body.error.details?.field]).toEqual([400, field])
  })
})
