import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { ensureBuilt } from './support/built'

const ROOT = resolve(__dirname, '..')

/** What differs from run to run and machine to machine: ids, digests, times, scores and how they are made up. */
function masked(story: string): string[] {
  return story.trim().split('\n').map((line) => line
    .replace(/score \d\.\d\d = [a-z]+ \d\.\d\d( \+ [a-z]+ \d\.\d\d)*$/, 'score #')
    .replace(/receipt [0-9a-f]{8}, digest [0-9a-f]{16}$/, 'receipt #')
    .replace(/\d+\.\d\d s\b/, '# s')
    .trimEnd())
}

/** The transcript that README shows. */
function shown(): string {
  return /```\n(Reverie runs on a scratch store.*?)```/s.exec(readFileSync(join(ROOT, 'README.md'), 'utf8'))![1]!
}

describe('the demo', () => {
  let dir: string
  beforeAll(() => {
    ensureBuilt()
    dir = mkdtempSync(join(tmpdir(), 'reverie-demo-'))
  })
  afterAll(() => rmSync(dir, { recursive: true, force: true }))

  it('tells the story that README tells, and leaves nothing behind', async () => {
    const { PATH = '' } = process.env
    // A foreign database and a key of this machine are none of its business.
    const env = { PATH, TMPDIR: dir, DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none', ADMIN_API_KEY: 'a-key-of-sixteen-letters' }
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(ROOT, 'scripts/demo.mjs')], { cwd: dir, env })
    expect(masked(stdout)).toEqual(masked(shown()))
    expect(stderr).toBe('')
    expect(readdirSync(dir).filter((name) => name.startsWith('reverie'))).toEqual([])
  })

  it('installs and builds what is missing first, like npm start', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
    expect([scripts.demo, scripts.worker]).toEqual(['node scripts/start.mjs demo', 'node scripts/start.mjs worker'])
  })
})
