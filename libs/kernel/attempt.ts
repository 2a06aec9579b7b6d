import { kindOfError, ReverieError } from './errors'

/** How one piece of work of several went, each of which may fail without the others. */
export interface Attempt {
  readonly ms: number
  /** What it did, a line each; nothing when it broke off. */
  readonly did: readonly string[]
  /** Why it broke off, in words that quote nothing; null when it did not. */
  readonly error: string | null
}

/**
 * Does a piece of work and tells how it went.
 * @param passes whether something that it throws is thrown on instead of told
 */
export async function attempt(work: () => Promise<readonly string[]>, passes: (error: unknown) => boolean = () => false): Promise<Attempt> {
  const from = performance.now()
  const ms = (): number => Math.round(performance.now() - from)
  try {
    const did = await work()
    return { ms: ms(), did, error: null }
  } catch (error) {
    if (passes(error)) throw error
    return { ms: ms(), did: [], error: error instanceof ReverieError ? error.message : kindOfError(error) }
  }
}
