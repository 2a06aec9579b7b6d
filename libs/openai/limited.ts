/**
 * Works under a signal that aborts after `ms` (its reason: a TimeoutError), or with one of the others. When the work has ended nothing holds on to it:
 * what listens to `AbortSignal.any` of a time-out, and all that it refers to, stays until the time is over, which at a hundred answers a second is a gigabyte.
 */
export async function limited<T>(ms: number, others: readonly (AbortSignal | null | undefined)[], work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const own = new AbortController()
  const timer = setTimeout(() => own.abort(new DOMException('timed out', 'TimeoutError')), ms)
  const unlink = others.map((other) => linked(other, own))
  try {
    return await work(own.signal)
  } finally {
    clearTimeout(timer)
    for (const one of unlink) one()
  }
}

/** Aborts with the other signal; answers what ends that. */
function linked(other: AbortSignal | null | undefined, own: AbortController): () => void {
  if (!other) return () => {}
  const follow = (): void => own.abort(other.reason)
  if (other.aborted) follow()
  else other.addEventListener('abort', follow)
  return () => other.removeEventListener('abort', follow)
}

/** Whether the time was over. */
export function isLate(signal: AbortSignal): boolean {
  return (signal.reason as Error | undefined)?.name === 'TimeoutError'
}
