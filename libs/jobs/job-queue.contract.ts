import { randomUUID } from 'node:crypto'
import { ReverieError } from '#kernel'
import type { BullOptions } from './bull.job-queue'
import type { JobBackend } from './job-backend'
import { BullJobQueue } from './bull.job-queue'
import { type JobContext, JobHandler } from './job-queue'
import type { JobName, JobPayload } from './jobs'

const AT = '2025-05-08T03:00:00.000Z'

/** A promise and what settles it. */
function signal<T = void>() {
  let fire!: (value: T) => void
  const fired = new Promise<T>((done) => (fire = done))
  return { fire, fired }
}

class Handler<N extends JobName> extends JobHandler<N> {
  constructor(readonly job: N, private readonly work: (payload: JobPayload<N>, context: JobContext) => Promise<void>) {
    super()
  }

  handle(payload: JobPayload<N>, context: JobContext): Promise<void> {
    return this.work(payload, context)
  }
}

const idle = new Handler('dream-night', async () => {})
/** Of jobs that these tests have nothing to do with. */
const others = [new Handler('maintenance', async () => {})]

/**
 * What every back end of the job queue does.
 * @param backend makes one over the same store each time
 * @param withinTransaction runs work inside a transaction of the memory's store
 */
export function jobQueueContract(backend: () => JobBackend, withinTransaction: (work: () => Promise<unknown>) => Promise<unknown>): void {
  const open: BullJobQueue[] = []
  const queueOf = async (name: string, more: BullOptions = {}): Promise<BullJobQueue> => {
    const queue = await BullJobQueue.open(backend(), { name, backoffMs: 10, lockMs: 2_000, ...more })
    open.push(queue)
    return queue
  }
  const fresh = (): string => `test-${randomUUID()}`
  const run = (): JobPayload<'dream-run'> => ({ user: randomUUID(), run: randomUUID() })

  afterEach(async () => {
    await Promise.all(open.splice(0).map((queue) => queue.close()))
  })

  it('hands a job to its handler, with its payload', async () => {
    const queue = await queueOf(fresh())
    const got = signal<[JobPayload<'dream-run'>, string, number]>()
    await queue.consume([...others, idle, new Handler('dream-run', async (payload, { id, attempt }) => got.fire([payload, id, attempt]))])
    const payload = run()
    await queue.add('dream-run', payload, { id: 'one' })
    expect(await got.fired).toEqual([payload, 'one', 1])
  })

  it('does what was added before anybody worked, in another process or before a restart', async () => {
    const name = fresh()
    const first = await queueOf(name)
    await first.add('dream-run', run(), { id: 'kept' })
    await first.close()
    const got = signal<string>()
    await (await queueOf(name)).consume([...others, idle, new Handler('dream-run', async (_, { id }) => got.fire(id))])
    expect(await got.fired).toBe('kept')
  })

  it('does once what is added twice under one id, also when it is done already', async () => {
    const queue = await queueOf(fresh())
    const nights: string[] = []
    const last = signal()
    await queue.add('dream-night', { at: AT }, { id: 'night' })
    await queue.add('dream-night', { at: AT }, { id: 'night' })
    await queue.consume([
      ...others,
      new Handler('dream-night', async (_, { id }) => {
        nights.push(id)
        if (id === 'last') last.fire()
      }),
      new Handler('dream-run', async () => {
        await queue.add('dream-night', { at: AT }, { id: 'night' })
        await queue.add('dream-night', { at: AT }, { id: 'last' })
      }),
    ])
    await queue.add('dream-run', run(), { id: 'later', delayMs: 50 })
    await last.fired
    expect(nights).toEqual(['night', 'last'])
  })

  it('lets a finished job be added again where nothing is to be remembered of it', async () => {
    const queue = await queueOf(fresh(), { concurrency: 1 })
    const ids: string[] = []
    const [first, second, both] = [signal(), signal(), signal()]
    await queue.consume([
      ...others,
      new Handler('dream-night', async () => second.fire()),
      new Handler('dream-run', async (_, { id }) => {
        ids.push(id)
        first.fire()
        if (ids.length === 2) both.fire()
      }),
    ])
    await queue.add('dream-run', run(), { id: 'again' })
    await first.fired
    await queue.add('dream-night', { at: AT }, { id: 'after' })
    await second.fired
    await queue.add('dream-run', run(), { id: 'again' })
    await both.fired
    expect(ids).toEqual(['again', 'again'])
  })

  it('tries again after a failure, and begins later when told to', async () => {
    const queue = await queueOf(fresh())
    const attempts: number[] = []
    const done = signal()
    await queue.consume([...others, idle, new Handler('dream-run', async (_, { attempt }) => {
      attempts.push(attempt)
      if (attempt < 3) throw new Error('not yet')
      done.fire()
    })])
    await queue.add('dream-run', run(), { id: 'stubborn', delayMs: 20 })
    await done.fired
    expect(attempts).toEqual([1, 2, 3])
  })

  it('keeps what failed with a reason that quotes nothing, and tries it anew when it is added again', async () => {
    const queue = await queueOf(fresh(), { attempts: 1, concurrency: 1 })
    const [after, again] = [signal(), signal()]
    let fail = true
    await queue.consume([
      ...others,
      new Handler('dream-night', async () => after.fire()),
      new Handler('dream-run', async () => {
        if (fail) throw Object.assign(new Error('duplicate key (secret)'), { code: '23505' })
        again.fire()
      }),
    ])
    const payload = run()
    await queue.add('dream-run', payload, { id: 'bad' })
    await queue.add('dream-night', { at: AT }, { id: 'next' })
    await after.fired
    expect(await queue.failed()).toEqual([{ id: 'bad', name: 'dream-run', reason: 'Error 23505', attempts: 1, at: expect.any(Date) }])
    expect((await queue.status()).counts).toMatchObject({ failed: 1, waiting: 0 })
    fail = false
    await queue.add('dream-run', payload, { id: 'bad' })
    await again.fired
    expect(await queue.failed()).toEqual([])
  })

  it('tries a failed job anew when told to, with all its attempts, and no other', async () => {
    const queue = await queueOf(fresh(), { attempts: 2 })
    const [spent, again] = [signal(), signal()]
    const tries: number[] = []
    await queue.consume([...others, idle, new Handler('dream-run', async (_, { attempt }) => {
      tries.push(attempt)
      if (tries.length === 4) again.fire()
      else if (attempt === 2) spent.fire()
      if (tries.length < 4) throw new Error('poisoned')
    })])
    await queue.add('dream-run', run(), { id: 'poison' })
    await spent.fired
    while ((await queue.failed()).length === 0) await new Promise(setImmediate)
    expect(await queue.retry('nothing')).toBe(false)
    expect(await queue.retry('poison')).toBe(true)
    await again.fired
    expect(tries).toEqual([1, 2, 1, 2])
  })

  it('works at as many jobs at once as it was told, and tells how far they are', async () => {
    const queue = await queueOf(fresh(), { concurrency: 3 })
    const all = signal()
    const release = signal()
    const finished = signal()
    let under = 0
    let ended = 0
    await queue.consume([...others, idle, new Handler('dream-run', async (_, { progress }) => {
      await progress({ phase: 'replay' })
      if (++under === 3) all.fire()
      await release.fired
      if (++ended === 3) finished.fire()
    })])
    for (const id of ['a', 'b', 'c']) await queue.add('dream-run', run(), { id })
    await all.fired
    expect(await queue.progressOf('a')).toEqual({ phase: 'replay' })
    expect(await queue.progressOf('none')).toBeUndefined()
    expect((await queue.status()).counts).toMatchObject({ active: 3 })
    release.fire()
    await finished.fired
  })

  it('gives back at its end what it has not finished, without spending an attempt', async () => {
    const name = fresh()
    const first = await queueOf(name, { attempts: 1 })
    const begun = signal()
    await first.consume([...others, idle, new Handler('dream-run', (_, { signal }) => new Promise((_done, fail) => {
      signal.addEventListener('abort', () => fail(new Error('ending')))
      begun.fire()
    }))])
    await first.add('dream-run', run(), { id: 'interrupted' })
    await begun.fired
    await first.close()
    const got = signal<string>()
    const second = await queueOf(name, { attempts: 1 })
    await second.consume([...others, idle, new Handler('dream-run', async (_, { id }) => got.fire(id))])
    expect(await got.fired).toBe('interrupted')
    expect(await second.failed()).toEqual([])
  })

  it('refuses to begin with a job that has no handler, or two', async () => {
    const queue = await queueOf(fresh())
    await expect(queue.consume([...others, idle])).rejects.toThrow('dream-run has no handler')
    await expect(queue.consume([...others, idle, idle, new Handler('dream-run', async () => {})])).rejects.toThrow('dream-night has two handlers')
  })

  it('refuses a malformed payload, an id with a colon, and a job added inside a transaction', async () => {
    const queue = await queueOf(fresh())
    await expect(queue.add('dream-run', { user: 'x', run: 'y' }, { id: 'bad' })).rejects.toThrow()
    await expect(queue.add('dream-run', run(), { id: 'a:b' })).rejects.toThrow('colon')
    await expect(withinTransaction(() => queue.add('dream-run', run(), { id: 'inside' }))).rejects.toThrow('inside a transaction')
    expect((await queue.status()).counts).toEqual({ waiting: 0, active: 0, delayed: 0, failed: 0 })
  })

  it('says that it is unavailable after its end', async () => {
    const queue = await queueOf(fresh(), { waitMs: 200 })
    await queue.close()
    await expect(queue.add('dream-run', run(), { id: 'late' })).rejects.toBeInstanceOf(ReverieError)
    expect(await queue.status()).toMatchObject({ counts: undefined, warnings: [expect.stringContaining('does not answer')] })
  })
}
