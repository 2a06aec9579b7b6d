import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StartupError } from '#kernel'
import { openDatabase } from './database'
import { checkEmbeddedVersion, EMBEDDED_MAJOR } from './embedded-version'

describe('the version of an embedded store', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reverie-version-'))
  const files = join(folder, 'postgres')
  const version = join(files, 'PG_VERSION')
  afterAll(() => rmSync(folder, { recursive: true }))

  const refusal = (): Promise<StartupError> => openDatabase({ backend: 'embedded', dataDir: folder })
    .then(() => Promise.reject(new Error('it opened')), (error: StartupError) => error)

  it('is that of this release when it is new', async () => {
    await (await openDatabase({ backend: 'embedded', dataDir: folder })).close()
    expect(readFileSync(version, 'utf8').trim()).toBe(String(EMBEDDED_MAJOR))
    expect(() => checkEmbeddedVersion(files)).not.toThrow()
    expect(() => checkEmbeddedVersion(join(folder, 'none'))).not.toThrow()
  })

  it.each([
    ['17', 'Postgres 17'], ['19', 'Postgres 19'], ['what\never', 'of an unknown version'],
  ])('is refused when it is %j, with the cure, and nothing is touched', async (written, said) => {
    writeFileSync(version, written)
    const before = readdirSync(files).sort()
    const { message, cure } = await refusal()
    expect(message).toContain(said)
    expect(message).toContain(files)
    expect(cure).toMatch(/Copy.*export.*import/)
    expect(readFileSync(version, 'utf8')).toBe(written)
    expect(readdirSync(files).sort()).toEqual(before)
  })

  it('is refused when it cannot be read', async () => {
    rmSync(version)
    mkdirSync(version)
    expect((await refusal()).message).toMatch(/EISDIR/)
  })
})
