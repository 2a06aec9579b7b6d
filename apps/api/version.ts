import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The folder with our package.json: one level higher from dist than from the sources. */
export function packageRoot(from: string = __dirname): string {
  return existsSync(join(from, 'package.json')) ? from : packageRoot(dirname(from))
}

/** Version of this build. */
export const VERSION = (JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string }).version
