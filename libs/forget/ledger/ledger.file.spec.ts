import { appendFileSync, chmodSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FixedClock, newId, type StartupError, userUuid } from '#kernel'
import { BEGINNING, LedgerFile, type LedgerPlace } from './ledger.file'
import type { LedgerLine } from './ledger-lines'

const NOW = new Date('2025-06-01T10:00:00Z')
const clock = new FixedClock(NOW)
const annulled = (name: string): LedgerLine => ({ line: 'annulled', receipt: userUuid(name) })

describe('the file of a ledger', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reverie-ledger-'))
  let path: string
  const made: LedgerFile[] = []
  const fileAt = (at = path): LedgerFile => {
    const file = new LedgerFile(at, clock)
    made.push(file)
    return file
  }
  const lines = async (file: LedgerFile, from: LedgerPlace = BEGINNING): Promise<LedgerLine[]> => {
    const all: LedgerLine[] = []
    for await (const { line } of file.from(from)) all.push(line)
    return all
  }
  beforeEach(() => {
    path = join(folder, newId(NOW))
  })
  afterEach(() => Promise.all(made.splice(0).map((file) => file.onModuleDestroy())))
  afterAll(() => rmSync(folder, { recursive: true }))

  it('is made once, for its owner alone, and only grows, whoever writes', async () => {
    const [one, other] = [fileAt(), fileAt()]
    const { id } = await one.open()
    expect(await other.open()).toEqual({ id, made: false })
    expect(statSync(path).mode & 0o777).toBe(0o600)
    await Promise.all(Array.from({ length: 40 }, (_, i) => [one, other][i % 2]!.append([annulled(`a${i}`), annulled(`b${i}`)])))
    const [first, ...rest] = await lines(one)
    expect(first).toEqual({ line: 'ledger', id, at: NOW.toISOString() })
    expect(rest).toHaveLength(80)
    // Those of one call stand together.
    const pairs = rest.map((line) => JSON.stringify(line))
    for (let i = 0; i < 40; i++) expect(pairs[pairs.indexOf(JSON.stringify(annulled(`a${i}`))) + 1]).toBe(JSON.stringify(annulled(`b${i}`)))
  })

  it('is read on from any place', async () => {
    const file = fileAt()
    await file.open()
    await file.append(Array.from({ length: 3_000 }, (_, i) => annulled(String(i))))
    const places: LedgerPlace[] = []
    for await (const { behind } of file.from(BEGINNING)) places.push(behind)
    expect(places.at(-1)).toEqual({ read: statSync(path).size, lines: 3_001 })
    expect(await lines(file, places[2_990])).toEqual(Array.from({ length: 10 }, (_, i) => annulled(String(2_990 + i))))
    expect(await lines(file, places.at(-1))).toEqual([])
  })

  it('bears with a last line that a crash cut off, and marks it before it goes on', async () => {
    const file = fileAt()
    const { id } = await file.open()
    await file.append([annulled('a')])
    appendFileSync(path, '{"line":"annulled","rec')
    expect(await lines(file)).toHaveLength(2)
    const next = fileAt()
    expect((await next.open()).id).toBe(id)
    await next.append([annulled('b')])
    expect((await lines(next)).slice(1)).toEqual([annulled('a'), { line: 'torn' }, annulled('b')])
  })

  it('names a line that is damaged in any other way', async () => {
    const file = fileAt()
    await file.open()
    await file.append(['a', 'b', 'c'].map(annulled))
    writeFileSync(path, readFileSync(path, 'utf8').split('\n').map((line, i) => (i === 2 ? line.slice(0, 20) : line)).join('\n'))
    await expect(lines(file)).rejects.toThrow(/^Line 3 of the ledger.* is damaged$/)
  })

  it('is refused at the start where it cannot be, or is something else', async () => {
    const cause = (at: string): Promise<StartupError> => fileAt(at).open().then(() => Promise.reject(new Error('it opened')), (error: StartupError) => error)
    expect((await cause(join(folder, 'none', 'ledger'))).message).toMatch(/none\/ledger cannot be read and written \(ENOENT\)/)
    expect((await cause(join(folder, 'none', 'ledger'))).cure).toMatch(/TOMBSTONE_LEDGER/)
    expect((await cause(folder)).message).toMatch(/EISDIR/)
    writeFileSync(path, 'Dear diary,\nnothing\n')
    expect((await cause(path)).message).toMatch(/damaged|no ledger/)
  })

  it('says that it cannot be written when it is gone', async () => {
    const file = fileAt()
    await file.open()
    await file.ready()
    renameSync(path, `${path}.moved`)
    await expect(file.ready()).rejects.toMatchObject({ code: 'unavailable', message: expect.stringMatching(/ledger.*ENOENT/) })
    renameSync(`${path}.moved`, path)
    await file.ready()
  })

  it('follows a file that was put in its place', async () => {
    const file = fileAt()
    await file.open()
    const copy = readFileSync(path)
    rmSync(path)
    writeFileSync(path, copy)
    chmodSync(path, 0o600)
    await file.ready()
    await file.append([annulled('a')])
    expect(readFileSync(path, 'utf8')).toContain(userUuid('a'))
  })
})
