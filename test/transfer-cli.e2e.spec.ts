import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { BRIEF, DIST, ensureBuilt } from './support/built'
import { startServer, type TestServer } from './support/server'

/** Runs the built command line with a text on its standard input. */
async function reverie(args: readonly string[], env: Record<string, string>, cwd: string, input = ''): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [...BRIEF, join(DIST, 'cli/main.js'), ...args], { cwd, env: { PATH: process.env.PATH ?? '', ...env } })
  child.stdin.on('error', () => undefined).end(input)
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { code: code as number, stdout, stderr }
}

describe('reverie export and import', () => {
  let server: TestServer
  let dir: string
  let env: Record<string, string>
  beforeAll(async () => {
    ensureBuilt()
    dir = mkdtempSync(join(tmpdir(), 'reverie-cli-'))
    server = await startServer()
    env = { REVERIE_URL: server.url }
    await server.api.remember({ user_id: 'ana', session_id: 'monday', messages: [{ content: 'I moved to Lisbon in May with Marta' }, { content: 'We adopted a grey cat called Nimbus' }] })
  })
  afterAll(async () => {
    await server?.close()
    rmSync(dir, { recursive: true, force: true })
  })

  it('move a memory through a pipe: what comes out is what the API answers, and what goes in comes out again', async () => {
    const out = await reverie(['export', '--user', 'ana'], env, dir)
    expect(out).toEqual({ code: 0, stderr: '', stdout: (await server.api.post('/memory/export', { user_id: 'ana' })).text })
    const dry = await reverie(['import', '--user', 'bo', '--dry-run'], env, dir, out.stdout)
    expect(JSON.parse(dry.stdout)).toMatchObject({ dry_run: true, stored: { traces: expect.any(Number) } })
    expect(JSON.parse(dry.stdout).stored.traces).toBeGreaterThanOrEqual(2)
    expect((await server.api.recall({ user_id: 'bo', q: 'Lisbon' })).results).toEqual([])
    expect(await reverie(['import', '--user', 'bo'], env, dir, out.stdout)).toMatchObject({ code: 0, stderr: '' })
    expect((await server.api.recall({ user_id: 'bo', q: 'Lisbon', k: 1 })).results[0]!.content).toBe('I moved to Lisbon in May with Marta')
  })

  it('take in nothing of what was cut off, and say which line is at fault', async () => {
    const { stdout } = await reverie(['export', '--user', 'ana'], env, dir)
    const cut = await reverie(['import', '--user', 'cut'], env, dir, stdout.slice(0, stdout.lastIndexOf('\n', stdout.length - 2) + 1))
    expect(cut).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('end') })
    expect(await reverie(['import', '--user', 'cut'], env, dir, 'nonsense\n')).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/line 1/i) })
    expect((await server.api.recall({ user_id: 'cut', q: 'Lisbon' })).results).toEqual([])
  })

  it('name an option that they do not have, and a server that is not there', async () => {
    expect(await reverie(['export', '--whose', 'ana'], env, dir)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('--whose') })
    const away = await reverie(['export'], { REVERIE_URL: 'http://127.0.0.1:1' }, dir)
    expect(away).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('REVERIE_URL') })
  })

  it('open the store themselves when no server runs', async () => {
    const own = { DATA_DIR: join(dir, 'store'), PORT: '0' }
    const { stdout } = await reverie(['export', '--user', 'ana'], env, dir)
    expect(await reverie(['import', '--user', 'ana'], own, dir, stdout)).toMatchObject({ code: 0, stderr: '' })
    const again = await reverie(['export', '--user', 'ana'], own, dir)
    expect(again.stdout.split('\n').length).toBe(stdout.split('\n').length)
  })
})
