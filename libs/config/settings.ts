import type { z } from 'zod'
import type { AREAS } from './areas'

type Read<Name extends keyof typeof AREAS> = z.output<(typeof AREAS)[Name]>

/** Everything that was configured, checked and complete. Injection token; `loadSettings` makes it. */
export abstract class Settings {
  abstract readonly http: Readonly<Read<'http'>>
  /** `backend` and `migrate` are what `auto` came to. */
  abstract readonly store: Readonly<Omit<Read<'store'>, 'backend' | 'graphBackend' | 'migrate'> & { backend: 'postgres' | 'embedded'; migrate: boolean }>
  abstract readonly memory: Readonly<Read<'memory'> & { coldDays: number }>
  abstract readonly embedding: Readonly<Read<'embedding'> & { provider: 'local' | 'openai'; model: string }>
  abstract readonly llm: Readonly<Read<'llm'>>
  abstract readonly security: Readonly<Read<'security'>>
  abstract readonly mcp: Readonly<Read<'mcp'>>
  abstract readonly logging: Readonly<Read<'logging'>>
}

/** True for addresses that only this machine reaches. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, '$1')
  return name === 'localhost' || name === '::1' || /^(::ffff:)?127(\.\d{1,3}){3}$/.test(name)
}
