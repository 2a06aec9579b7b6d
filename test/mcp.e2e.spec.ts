import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { freePort } from './servers/free-port'
import { BRIEF, DIST, ensureBuilt } from './support/built'
import { freshStore } from './support/fresh-store'
import { startServer, type TestServer } from './support/server'

const MCP = [...BRIEF, join(DIST, 'cli/main.js'), 'mcp']
const { PATH = '' } = process.env

/** A host of MCP with a server that it started itself. */
async function host(env: Record<string, string>, cwd: string): Promise<Client> {
  const client = new Client({ name: 'a host', version: '1' })
  await client.connect(new StdioClientTransport({ command: process.execPath, args: MCP, cwd, env: { PATH, LOG_LEVEL: 'silent', ...env }, stderr: 'inherit' }))
  return client
}

/** Calls a tool and answers its text; a refusal is marked. */
async function call(client: Client, name: string, args: Record<string, unknown>): Promise<string> {
  const { content, isError } = await client.callTool({ name, arguments: args })
  return `${isError ? 'refused: ' : ''}${(content[0] as { text: string }).text}`
}

/** The memories inside the fence of an answer. */
const memoriesIn = (answer: string): { id: string; content: string }[] => answer.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line))

/** What every host can do, whatever lies between it and the memory. */
async function roundTrip(client: Client, user: object): Promise<void> {
  const stored = JSON.parse(await call(client, 'remember', { content: 'Nimbus the grey cat hates thunderstorms', speaker: 'Ana', ...user }))
  expect(stored).toMatchObject({ status: 'stored' })
  await call(client, 'remember', { content: 'The tram to Belém is number fifteen', speaker: 'Ana', ...user })
  const recalled = memoriesIn(await call(client, 'recall', { query: 'What is the cat afraid of?', k: 1, ...user }))
  expect(recalled).toMatchObject([{ id: stored.id, content: 'Nimbus the grey cat hates thunderstorms', speaker: 'Ana' }])
  const preview = await call(client, 'forget', { query: 'cat Nimbus', ...user })
  expect(preview).toContain('1 memory would be erased')
  expect(memoriesIn(await call(client, 'recall', { query: 'cat', ...user }))).toHaveLength(2)
  expect(await call(client, 'forget', { preview_token: /alone: (\S+)$/.exec(preview)![1]!, ...user })).toMatch(/^Forgotten: .*"traces":1.*Receipt: /)
  expect(memoriesIn(await call(client, 'recall', { query: 'cat', ...user }))).toMatchObject([{ content: 'The tram to Belém is number fifteen' }])
  expect(await call(client, 'forget', { ids: [stored.id], ...user })).toContain('refused: not_found')
  expect(await call(client, 'dream', { day: '2999-01-01', ...user })).toMatch(/^refused: invalid_request: day: must not be in the future; today is /)
  expect(await call(client, 'dream', { day: 'last Friday', ...user })).toMatch(/^refused: .*day/)
  expect(await call(client, 'dream', user as Record<string, unknown>)).toMatch(/^\d{4}-\d\d-\d\d: completed, \d+ changes?$/)
  expect(await call(client, 'dream', user as Record<string, unknown>)).toBe('Every day has been dreamt of already.')
}

describe('an agent with the memory as tools', () => {
  let dir: string
  let server: TestServer
  beforeAll(async () => {
    ensureBuilt()
    dir = mkdtempSync(join(tmpdir(), 'reverie-mcp-'))
    server = await startServer()
  })
  afterAll(async () => {
    await server?.close()
    rmSync(dir, { recursive: true, force: true })
  })

  it('remembers, recalls and forgets over HTTP', async () => {
    const client = new Client({ name: 'a host', version: '1' })
    await client.connect(new StreamableHTTPClientTransport(new URL(`${server.url}/mcp`)))
    await roundTrip(client, { user_id: server.user('http') })
    await client.close()
  })

  it('does the same over standard input and output, with a server that runs, for the user that the host settles', async () => {
    const user = server.user('stdio')
    const client = await host({ REVERIE_URL: server.url, REVERIE_USER_ID: user }, dir)
    expect((await client.listTools()).tools.flatMap((tool) => Object.keys(tool.inputSchema.properties ?? {}))).not.toContain('user_id')
    expect(await call(client, 'recall', { query: 'x', user_id: 'another' })).toMatch(/refused: .*user_id/)
    await roundTrip(client, {})
    expect((await server.api.recall({ user_id: user, q: 'tram' })).results).toHaveLength(1)
    await client.close()
  })

  it('opens the store itself when no server runs; a second host shares it, and takes over when the first has gone', async () => {
    const env = { DATA_DIR: join(dir, 'store'), PORT: String(await freePort()) }
    const [first, second] = await Promise.all([host(env, dir), host(env, dir)])
    const [stored] = await Promise.all([call(first, 'remember', { content: 'My sister Marta lives in Porto' }), call(second, 'recall', { query: 'Marta' })])
    expect(JSON.parse(stored)).toMatchObject({ status: 'stored' })
    expect(memoriesIn(await call(second, 'recall', { query: 'Where does Marta live?' }))).toHaveLength(1)
    await first.close()
    expect(memoriesIn(await call(second, 'recall', { query: 'Where does Marta live?' }))).toHaveLength(1)
    await second.close()
  })

  it('says which memory does not answer', async () => {
    const client = await host({ REVERIE_URL: `http://127.0.0.1:${await freePort()}` }, dir)
    expect(await call(client, 'recall', { query: 'x' })).toMatch(/refused: unavailable: the memory at http:\/\/127.0.0.1:\d+ does not answer/)
    await client.close()
  })

  it('says why a store cannot be opened, and opens it once it can', async () => {
    const env = { DATA_DIR: join(dir, 'taken'), PORT: String(await freePort()) }
    writeFileSync(env.DATA_DIR, 'a file where a folder should be')
    const client = await host(env, dir)
    expect(await call(client, 'recall', { query: 'x' })).toMatch(/refused: unavailable: Reverie cannot start.*taken/s)
    rmSync(env.DATA_DIR)
    await freshStore(env.DATA_DIR)
    expect(await call(client, 'recall', { query: 'x' })).toBe('Nothing is remembered about that.')
    await client.close()
  })

  it('hears nothing but the protocol on standard output, and the server ends with its input', async () => {
    const { env } = await freshStore(join(dir, 'other'))
    const child = spawn(process.execPath, MCP, { cwd: dir, env: { PATH, ...env, PORT: '0' }, stdio: ['pipe', 'pipe', 'pipe'] })
    const said = Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
    const send = (message: object): boolean => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
    send({ id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'raw', version: '1' } } })
    send({ method: 'notifications/initialized' })
    send({ id: 2, method: 'tools/call', params: { name: 'recall', arguments: { query: 'anything' } } })
    await new Promise<void>((done) => child.stdout.on('data', (chunk: Buffer) => (chunk.includes('"id":2') ? done() : undefined)))
    child.stdin.end()
    const [stdout, stderr, [code]] = await said
    expect(stdout.trim().split('\n').map((line) => JSON.parse(line).id)).toEqual([1, 2])
    expect(stderr).toContain('opening the embedded store')
    expect(code).toBe(0)
  })
})
