import fs, { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StartupError } from '#kernel'
import { lockDirectory } from './directory-lock'
import { spawnChild } from './testing/spawn-child'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'reverie-lock-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function refusal(directory: string): StartupError {
  try {
    lockDirectory(directory).release()
  } catch (error) {
    expect(error).toBeInstanceOf(StartupError)
    return error as StartupError
  }
  throw new Error('was not refused')
}

it('makes the directory for its owner only, and takes it until released', () => {
  const directory = join(root, 'a', 'b')
  const lock = lockDirectory(directory)
  expect(statSync(directory).mode & 0o777).toBe(0o700)
  expect(refusal(directory).message).toContain(`process ${process.pid}`)
  lock.release()
  lock.release()
  lockDirectory(directory).release()
})

it('refuses what another process has, until that is killed', async () => {
  const child = await spawnChild('hold', root)
  const error = refusal(root)
  expect(error.message).toContain(`in use by another process (process ${child.process.pid})`)
  expect(error.cure).toContain('DATA_DIR')
  await child.kill()
  lockDirectory(root).release()
})

it('says that it cannot make the directory', () => {
  writeFileSync(join(root, 'file'), '')
  expect(refusal(join(root, 'file', 'data')).message).toMatch(/cannot be made or written \(ENOTDIR\)/)
})

it('says that its disk is full, and holds nothing then', () => {
  const writing = jest.spyOn(fs, 'writeSync').mockImplementationOnce(() => {
    throw Object.assign(new Error(), { code: 'ENOSPC' })
  })
  const { message, cure } = refusal(root)
  expect([message, cure]).toEqual([expect.stringMatching(/^The disk of the data directory .* is full\.$/), expect.stringContaining('Free some space')])
  writing.mockRestore()
  lockDirectory(root).release()
})
