import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { DIST, ensureBuilt } from './support/built'
import { startServer, type TestServer } from './support/server'
import type { ErrorBody } from './support/wire'

interface ReceiptLine {
  id: string
  at: string
  forgotten: { terms: number }
  previous: string | null
  digest: string
  purged: boolean
}
interface Page {
  results: ReceiptLine[]
  next_cursor: string | null
}

const FORGETS = 12

describe('receipts', () => {
  let server: TestServer
  let folder: string
  let user: string
  let written: string[]
  beforeAll(async () => {
    ensureBuilt()
    server = await startServer()
    folder = mkdtempSync(join(tmpdir(), 'reverie-receipts-'))
    user = server.user('forgetful')
    const ids = await server.api.remember({ user_id: user, messages: Array.from({ length: FORGETS }, (_, i) => ({ content: `The tram of line ${i} was late at the corner` })) })
    // All at once, by a clock that goes backwards meanwhile.
    written = await Promise.all(ids.map(async (id, i) => {
      server.setClock(new Date(Date.now() - i * 3_600_000))
      return (await server.api.forget({ user_id: user, id })).receipt.digest
    }))
    server.setClock()
  })
  afterAll(async () => {
    await server?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const list = async (query: Record<string, string | number>): Promise<Page> => (await server.api.get<Page>('/memory/forget/receipts', query)).body
  const reverie = async (...args: string[]): Promise<{ code: number; said: string }> => {
    const env = { PATH: process.env.PATH, REVERIE_URL: server.url, HOME: folder }
    return promisify(execFile)(process.execPath, [join(DIST, 'cli/main.js'), ...args], { cwd: folder, env })
      .then(({ stdout }) => ({ code: 0, said: stdout }), ({ code, stderr }: { code: number; stderr: string }) => ({ code, said: stderr }))
  }

  it('of forgets at the same time are one chain, in whose order they are listed', async () => {
    const { results } = await list({ user_id: user })
    expect(results.map(({ digest }) => digest).sort()).toEqual([...written].sort())
    expect(results.map(({ previous }) => previous)).toEqual([null, ...results.slice(0, -1).map(({ digest }) => digest)])
    expect(await list({ user_id: server.user() })).toEqual({ results: [], next_cursor: null })
  })

  it('are listed by pages, and read one by one with the same words', async () => {
    const all = (await list({ user_id: user })).results
    const first = await list({ user_id: user, limit: 5 })
    expect(first.results).toEqual(all.slice(0, 5))
    const next = await list({ user_id: user, limit: 50, cursor: first.next_cursor! })
    expect(next).toEqual({ results: all.slice(5), next_cursor: null })
    expect((await server.api.get(`/memory/forget/receipts/${all[3]!.id}`, { user_id: user })).body).toEqual(all[3])
    expect((await server.api.get<ErrorBody>('/memory/forget/receipts', { user_id: user, cursor: 'nonsense' })).body.error).toMatchObject({ code: 'invalid_request' })
  })

  it('are written to a file and verified without a server, and whatever was changed in it is found', async () => {
    const lines = (await reverie('receipts', '--user', user)).said.trim().split('\n')
    const check = (changed: readonly string[], ...more: string[]): Promise<{ code: number; said: string }> => {
      const file = join(folder, 'receipts.jsonl')
      writeFileSync(file, `${changed.join('\n')}\n`)
      return reverie('verify', file, ...more)
    }
    const idOf = (i: number): string => (JSON.parse(lines[i]!) as ReceiptLine).id
    const last = (JSON.parse(lines.at(-1)!) as ReceiptLine).digest
    expect(await check(lines, '--last', last)).toEqual({ code: 0, said: `${FORGETS} receipts fit; the last digest is ${last}\n` })
    const counted = lines.with(4, lines[4]!.replace(/"traces":1/, '"traces":2'))
    expect(await check(counted)).toMatchObject({ code: 1, said: expect.stringContaining(`receipt 5, ${idOf(4)}: it was changed`) })
    expect(await check(lines.toSpliced(7, 1))).toMatchObject({ code: 1, said: expect.stringContaining(`receipt 8, ${idOf(8)}: it does not follow`) })
    expect(await check([lines[1]!, lines[0]!, ...lines.slice(2)])).toMatchObject({ code: 1, said: expect.stringContaining(`receipt 1, ${idOf(1)}: it does not follow`) })
    expect(await check(lines.slice(0, -1), '--last', last)).toMatchObject({ code: 1, said: expect.stringContaining('missing at the end') })
    expect(await reverie('verify', join(folder, 'nowhere'))).toMatchObject({ code: 1, said: expect.stringContaining('cannot be read (ENOENT)') })
  })
})
