/**
 * Starts and stops the product for a bench, with a store of its own, and weighs it.
 *
 *   node bench/server.mjs [--env NAME=VALUE …] [--json out.json]
 *
 * prints the first start (empty store), the second (warm) and resident memory. As a module: `openServer`.
 */
import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { diskUsage, provenance, ROOT } from './lib/machine.mjs'
import table from './lib/table.cjs'

/** Options that every bench takes; for `parseArgs`. */
export const SERVER_OPTIONS = /** @type {const} */ ({
  url: { type: 'string' },
  key: { type: 'string' },
  entry: { type: 'string' },
  env: { type: 'string', multiple: true },
})

/** @returns {Promise<number>} a port that was free a moment ago */
function freePort() {
  return new Promise((done, fail) => {
    const probe = createServer()
    probe.once('error', fail)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => done(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

/** @param {number} pid @returns {number[]} the process and all below it; Linux only */
function tree(pid) {
  try {
    const below = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number)
    return [pid, ...below.flatMap(tree)]
  } catch { return [pid] }
}

/** @param {number} pid @param {'VmRSS' | 'VmHWM'} field @returns {number | null} bytes, of the process and its children */
function memory(pid, field) {
  let sum = 0
  for (const one of tree(pid)) {
    try {
      sum += 1024 * Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${one}/status`, 'utf8'))?.[1] ?? 0)
    } catch { /* gone meanwhile, or not Linux */ }
  }
  return sum || null
}

/** A started product. `start` may be called again after `stop`: the store stays until `remove`. */
class Started {
  /** @param {{ entry: string, env: Record<string, string>, waitMs: number, ready?: string, port?: string }} options ready: where it tells that it is; port: the setting of its port */
  constructor({ entry, env, waitMs, ready = '/health/ready', port = 'PORT' }) {
    this.entry = entry
    this.waitMs = waitMs
    this.ready = ready
    this.port = port
    this.extra = env
    this.mode = env.DATABASE_URL ? 'server' : 'embedded'
    this.home = mkdtempSync(join(tmpdir(), 'reverie-bench-'))
    this.data = join(this.home, 'data')
    this.url = ''
    /** @type {import('node:child_process').ChildProcess | null} */
    this.child = null
    this.log = ''
    /** @type {string[]} arguments of node before the entry */
    this.before = []
  }

  /** Nothing of the caller's environment leaks in but what a process needs: no foreign database, key or model. */
  environment(/** @type {number} */ port) {
    const { PATH = '', HOME = this.home, LANG = 'C.UTF-8', TMPDIR } = process.env
    return {
      PATH, HOME, LANG, ...(TMPDIR ? { TMPDIR } : {}),
      NODE_ENV: 'production', [this.port]: String(port), HOST: '127.0.0.1', DATA_DIR: this.data, LOG_LEVEL: 'warn', DREAM_SCHEDULE: 'off', MAINTENANCE_SCHEDULE: 'off', ...this.extra,
    }
  }

  /** @returns {Promise<number>} ms from spawning to the first 200 of its health */
  async start() {
    const port = await freePort()
    this.url = `http://127.0.0.1:${port}`
    this.log = ''
    const from = performance.now()
    const child = spawn(process.execPath, [...this.before, this.entry], { cwd: this.home, env: this.environment(port), stdio: ['ignore', 'pipe', 'pipe'] })
    this.child = child
    const keep = (/** @type {Buffer} */ chunk) => { this.log = (this.log + chunk).slice(-8000) }
    child.stdout?.on('data', keep)
    child.stderr?.on('data', keep)
    for (;;) {
      if (child.exitCode !== null || child.signalCode) throw new Error(`the product ended at start (${child.exitCode ?? child.signalCode}):\n${this.log}`)
      try {
        const answer = await fetch(this.url + this.ready, { signal: AbortSignal.timeout(2000) })
        await answer.text()
        if (answer.status === 200) return performance.now() - from
      } catch { /* not listening yet */ }
      if (performance.now() - from > this.waitMs) throw new Error(`not ready after ${this.waitMs} ms:\n${this.log}`)
      await sleep(10)
    }
  }

  /** @returns {Promise<number>} ms until it ended; SIGKILL after ten seconds */
  async stop() {
    const child = this.child
    this.child = null
    if (!child || child.exitCode !== null || child.signalCode) return 0
    const from = performance.now()
    const ended = new Promise((done) => { child.once('exit', done) })
    child.kill('SIGTERM')
    const killer = setTimeout(() => { console.error('SIGTERM was not obeyed in 10 s: SIGKILL'); child.kill('SIGKILL') }, 10_000)
    await ended
    clearTimeout(killer)
    return performance.now() - from
  }

  /** Runs `maintain` on the store; embedded, the product must be stopped. @returns {Promise<{ ms: number, said: string[] }>} */
  async maintain() {
    const from = performance.now()
    const { stdout } = await promisify(execFile)(process.execPath, [join(ROOT, 'dist', 'apps', 'cli', 'main.js'), 'maintain'], { cwd: this.home, env: this.environment(0) })
    return { ms: performance.now() - from, said: stdout.trim().split('\n') }
  }

  /** Resident memory in bytes now, and the most so far. */
  resident() {
    const pid = this.child?.pid
    return pid ? { rss: memory(pid, 'VmRSS'), peak: memory(pid, 'VmHWM') } : { rss: null, peak: null }
  }

  /** The store on disk, in bytes. */
  stored() {
    return diskUsage(this.data)
  }

  async remove() {
    await this.stop()
    rmSync(this.home, { recursive: true, force: true })
  }
}

/** A product that runs already: nothing is started, weighed or stopped. */
class Running {
  /** @param {string} url */
  constructor(url) {
    this.url = url
    this.mode = 'running'
  }

  async start() {
    const answer = await fetch(`${this.url.replace(/\/+$/, '')}/health/ready`)
    if (answer.status !== 200) throw new Error(`${this.url} is not ready: ${answer.status}`)
    return null
  }

  async stop() { return 0 }
  /** @returns {Promise<{ ms: number, said: string[] }>} */
  async maintain() { throw new Error('--maintain wants a product that the bench starts: no --url') }
  resident() { return { rss: null, peak: null } }
  stored() { return null }
  async remove() { /* not ours */ }
}

/** @param {string[]} pairs NAME=VALUE */
function parseEnv(pairs = []) {
  return Object.fromEntries(pairs.map((pair) => {
    const at = pair.indexOf('=')
    if (at < 1) throw new Error(`--env wants NAME=VALUE, not ${JSON.stringify(pair)}`)
    return [pair.slice(0, at), pair.slice(at + 1)]
  }))
}

/**
 * Not started yet: call `start`. An interrupted bench stops what it started and removes its directory.
 * @param {{ url?: string, entry?: string, env?: string[], waitMs?: number }} options
 * @param own settings that `env` may change
 */
export function openServer({ url, entry, env, waitMs = 120_000 }, /** @type {Record<string, string>} */ own = {}) {
  if (url) return new Running(url)
  const path = entry ? resolve(entry) : join(ROOT, 'dist', 'apps', 'api', 'main.js')
  if (!existsSync(path)) throw new Error(`${path} is missing: build first (npm run build), or name a running product with --url`)
  return endingWithUs(new Started({ entry: path, env: { ...own, ...parseEnv(env) }, waitMs }))
}

/** A dream-worker, not started yet. @param {{ env?: string[] }} options @param {Record<string, string>} own */
export function openWorker({ env }, own) {
  const entry = join(ROOT, 'dist', 'apps', 'dream-worker', 'main.js')
  return endingWithUs(new Started({ entry, env: { ...own, ...parseEnv(env) }, waitMs: 120_000, ready: '/health', port: 'WORKER_PORT' }))
}

/** @param {Started} started */
function endingWithUs(started) {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
    process.once(signal, () => { void started.remove().finally(() => process.exit(130)) })
  }
  return started
}

async function main() {
  const { values } = parseArgs({ options: { ...SERVER_OPTIONS, json: { type: 'string' } } })
  if (values.url) throw new Error('start-up is measured on a product of its own: no --url here')
  const server = openServer(values)
  try {
    const first = await server.start()
    const memoryFirst = server.resident()
    const stop = await server.stop()
    const second = await server.start()
    const result = {
      bench: 'server', ...provenance(), mode: server.mode, start_first_ms: first, start_second_ms: second, stop_ms: stop,
      memory_first: memoryFirst, memory_second: server.resident(), store_bytes: server.stored(),
    }
    console.log(table.markdown(['start-up', 'value'], [
      ['first start, empty store (ms)', table.ms(first)],
      ['second start, warm (ms)', table.ms(second)],
      ['stop (ms)', table.ms(stop)],
      ['resident after first start (MB)', table.megabytes(result.memory_first.rss)],
      ['resident after second start (MB)', table.megabytes(result.memory_second.rss)],
      ['empty store on disk (MB)', table.megabytes(result.store_bytes)],
    ]))
    if (values.json) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`)
  } finally {
    await server.remove()
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  main().catch((error) => { console.error(error instanceof Error ? error.message : error); process.exitCode = 1 })
}
