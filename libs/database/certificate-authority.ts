import { readFileSync } from 'node:fs'
import { StartupError } from '#kernel'

/**
 * The certificate authority (PEM) of a server.
 * @param server its name for people
 * @param cure how to name another file
 * @throws StartupError when it cannot be read
 */
export function certificateAuthority(file: string, server: 'Postgres' | 'Redis', cure: string): Buffer {
  try {
    return readFileSync(file)
  } catch (cause) {
    throw new StartupError(`The certificate authority of ${server} cannot be read from ${file}`, `${cure}, or make the file readable.`, { cause })
  }
}
