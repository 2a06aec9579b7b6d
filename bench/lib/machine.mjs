/** Where and on what a result was measured, and how much room things take. */
import { execFileSync } from 'node:child_process'
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the repository. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

/** @param {string[]} args */
function git(...args) {
  try { return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim() } catch { return null }
}

/** The commit (null before the first one), whether the tree differs from it, the date and the machine. */
export function provenance() {
  return {
    commit: git('rev-parse', '--verify', 'HEAD'),
    dirty: Boolean(git('status', '--porcelain')),
    date: new Date().toISOString(),
    machine: {
      cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
      cores: os.availableParallelism(),
      memory_mb: Math.round(os.totalmem() / 2 ** 20),
      node: process.version,
      os: `${os.type()} ${os.release()} ${os.arch()}`,
    },
  }
}

/**
 * Room on disk as `du` counts it (blocks, hard links once), in bytes; 0 where nothing is.
 * @param {string} path @param {(path: string) => boolean} [skip]
 */
export function diskUsage(path, skip = () => false, seen = new Set()) {
  if (!existsSync(path) || skip(path)) return 0
  const stat = lstatSync(path)
  const key = `${stat.dev}:${stat.ino}`
  if (stat.nlink > 1 && !stat.isDirectory()) {
    if (seen.has(key)) return 0
    seen.add(key)
  }
  let bytes = stat.blocks * 512
  if (stat.isDirectory()) for (const name of readdirSync(path)) bytes += diskUsage(join(path, name), skip, seen)
  return bytes
}

/** The installed size: everything, what `npm install --omit=dev` would keep, and what the build makes. */
export function installSize() {
  const modules = join(ROOT, 'node_modules')
  const lock = join(ROOT, 'package-lock.json')
  let production = null
  if (existsSync(lock)) {
    const packages = Object.entries(JSON.parse(readFileSync(lock, 'utf8')).packages ?? {})
    const inner = (/** @type {string} */ home) => (/** @type {string} */ path) => path === join(home, 'node_modules')
    production = packages
      .filter(([path, entry]) => path && !entry.dev && !entry.link)
      .reduce((sum, [path]) => sum + diskUsage(join(ROOT, path), inner(join(ROOT, path))), 0)
  }
  return { node_modules: diskUsage(modules), node_modules_production: production, dist: diskUsage(join(ROOT, 'dist')) }
}

/** @param {string} name @param {unknown} result @returns {string} the path of `bench/results/<name>.json` */
export function record(name, result) {
  const path = join(ROOT, 'bench', 'results', `${name}.json`)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${JSON.stringify(result, null, 2)}\n`)
  return path
}
