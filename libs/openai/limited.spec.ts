import { getEventListeners } from 'node:events'
import { isLate, limited } from './limited'

/** Work that ends with the signal, as fetch does. */
const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, fail) => signal.addEventListener('abort', () => fail(signal.reason as Error)))

describe('limited work', () => {
  it('ends when the time is over, and is late then', async () => {
    let seen: AbortSignal | undefined
    await expect(limited(1, [], (signal) => untilAborted(seen = signal))).rejects.toThrow('timed out')
    expect(isLate(seen!)).toBe(true)
  })

  it('ends with any other signal, for its reason, and is not late', async () => {
    const [one, other] = [new AbortController(), new AbortController()]
    let seen: AbortSignal | undefined
    const ended = limited(60_000, [one.signal, undefined, other.signal], (signal) => untilAborted(seen = signal))
    other.abort(new Error('nobody waits'))
    await expect(ended).rejects.toThrow('nobody waits')
    expect(isLate(seen!)).toBe(false)
  })

  it('begins aborted under a signal that is', async () => {
    await expect(limited(60_000, [AbortSignal.abort(new Error('closed'))], async (signal) => signal.throwIfAborted())).rejects.toThrow('closed')
  })

  it('leaves nothing on the signals that outlive it', async () => {
    const { signal } = new AbortController()
    let during = 0
    expect(await limited(60_000, [signal], async () => (during = getEventListeners(signal, 'abort').length))).toBe(1)
    await expect(limited(60_000, [signal], () => Promise.reject(new Error('failed')))).rejects.toThrow('failed')
    expect(during).toBe(1)
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })
})
