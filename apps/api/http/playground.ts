import { createHash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { FastifyInstance } from 'fastify'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml',
  '.png': 'image/png', '.ico': 'image/x-icon', '.webmanifest': 'application/manifest+json', '.woff2': 'font/woff2',
}

/** Paths of the files in the playground's folder, under /playground/; index.html is `/`. Files of other types stay unserved. */
export function playgroundPaths(folder: string): Map<string, string> {
  const paths = new Map<string, string>()
  if (!existsSync(folder)) return paths
  for (const name of readdirSync(folder)) {
    if (TYPES[extname(name)] === undefined) continue
    paths.set(name === 'index.html' ? '/' : `/playground/${name}`, join(folder, name))
  }
  return paths
}

/** Serves those files, each read anew: there are few, and an editor's save shows at once. */
export function servePlayground(fastify: FastifyInstance, paths: ReadonlyMap<string, string>): void {
  for (const [path, file] of paths) {
    fastify.get(path, async (_request, reply) => {
      const bytes = await readFile(file)
      const type = TYPES[extname(file)]!
      if (type.startsWith('text/html')) void reply.header('content-security-policy', pagePolicy(bytes.toString('utf8')))
      return reply.type(type).header('cache-control', 'no-cache').send(bytes)
    })
  }
}

/** Content policy of a page: its own files, and exactly the scripts that stand in it. Bars need widths, so styles may be inline. */
export function pagePolicy(html: string): string {
  const scripts = [...html.matchAll(/<script(?:\s[^>]*)?>([\s\S]*?)<\/script>/gi)].map((match) => match[1]!).filter((text) => text.trim() !== '')
  const hashes = scripts.map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`)
  return [
    "default-src 'none'", ["script-src 'self'", ...hashes].join(' '), "style-src 'self' 'unsafe-inline'", "img-src 'self' data:", "font-src 'self'",
    "connect-src 'self'", "manifest-src 'self'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
  ].join('; ')
}
