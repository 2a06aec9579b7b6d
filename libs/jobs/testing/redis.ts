import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface TestRedis {
  readonly url: string
  /** Stops it, or lets go of one that is not ours to stop. */
  stop(): Promise<void>
}

/** The server that TEST_REDIS_URL names, or a private one. @throws when there is neither */
export async function startRedis(args: readonly string[] = ['--appendonly', 'yes']): Promise<TestRedis> {
  const given = process.env.TEST_REDIS_URL
  return given ? { url: given, stop: async () => {} } : startPrivateRedis(args)
}

/** A redis-server of our own on a port that nobody uses, in a folder of its own. */
export async function startPrivateRedis(args: readonly string[] = [], port?: number): Promise<TestRedis> {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' })
  } catch {
    throw new Error('redis-server is not installed: apt-get install redis-server, or name a server by TEST_REDIS_URL')
  }
  const folder = mkdtempSync(join(tmpdir(), 'reverie-redis-'))
  const at = port ?? await freePort()
  const child = spawn('redis-server', ['--port', String(at), '--bind', '127.0.0.1', '--dir', folder, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise<void>((done) => child.once('close', () => done()))
  await ready(child)
  return {
    url: `redis://127.0.0.1:${at}`,
    stop: async () => {
      child.kill('SIGKILL')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function ready(child: ChildProcess): Promise<void> {
  let said = ''
  await new Promise<void>((done, fail) => {
    child.once('close', () => fail(new Error(`redis-server ended: ${said}`)))
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (said.includes('Ready to accept connections')) done()
    })
  })
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise((done) => server.close(done))
  return port
}
