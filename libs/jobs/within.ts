import { ReverieError } from '#kernel'

/** Resolves as `work` does, or fails after `ms`: a queue that is down must not hold up who asks. */
export async function within<T>(ms: number, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(unavailable()), ms)
  })
  try {
    const done = work()
    // When it comes too late, nobody waits for its failure any more.
    done.catch(() => undefined)
    return await Promise.race([done, late])
  } catch (error) {
    throw error instanceof ReverieError ? error : unavailable(error)
  } finally {
    clearTimeout(timer)
  }
}

function unavailable(cause?: unknown): ReverieError {
  return new ReverieError('unavailable', 'the job queue does not answer; try again in a moment', undefined, { cause })
}
