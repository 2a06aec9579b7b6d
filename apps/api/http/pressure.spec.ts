import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import { fakes, start } from '../testing/harness'
import { type Heap, Pressure } from './pressure'

const MIB = 1024 * 1024
const reply = (): { raw: ServerResponse } => ({ raw: new EventEmitter() as ServerResponse })
const sized = (bytes: number): { headers: Record<string, string> } => ({ headers: { 'content-length': String(bytes) } })
const busy = expect.objectContaining({ code: 'unavailable' })

describe('pressure', () => {
  it('is bounded in requests, in bytes of bodies and in heap, and falls when a request is over', () => {
    let heap: Heap = { used: 1, limit: 100 }
    const pressure = new Pressure(3, () => heap)
    const [one, two] = [reply(), reply()]
    // A single one may be as large as a body may be.
    pressure.begin(sized(250 * MIB), one)
    expect(() => pressure.begin(sized(16 * MIB), two)).toThrow(busy)
    pressure.begin(sized(MIB), two)
    pressure.begin({ headers: {} }, reply())
    expect(() => pressure.begin({ headers: {} }, reply())).toThrow(busy)
    one.raw.emit('close')
    expect(pressure.requests).toBe(2)
    pressure.begin(sized(16 * MIB), reply())
    two.raw.emit('close')
    heap = { used: 91, limit: 100 }
    expect(() => pressure.begin({ headers: {} }, reply())).toThrow(busy)
    heap = { used: 89, limit: 100 }
    pressure.begin({ headers: {} }, reply())
    expect(pressure.requests).toBe(3)
  })

  it('is answered with 503 and a time to wait, but for health; what is under way goes on, and room is made when it is done', async () => {
    const fake = fakes()
    const finish: (() => void)[] = []
    fake.recall.recall.mockImplementation(() => new Promise((resolve) => {
      finish.push(() => resolve({ results: [], tookMs: 1, timings: {}, degraded: [], heldBack: [] }))
    }))
    const server = await start({ MAX_REQUESTS: '3' }, fake)
    try {
      const held = [1, 2, 3].map(() => server.call('GET', '/memory/recall?q=x'))
      while (finish.length < 3) await new Promise(setImmediate)
      const refused = await server.call('GET', '/memory/recall?q=x')
      expect([refused.status, refused.body.error.code, refused.headers['retry-after']]).toEqual([503, 'unavailable', '5'])
      expect((await server.call('GET', '/health')).status).toBe(200)
      for (const end of finish) end()
      expect((await Promise.all(held)).map(({ status }) => status)).toEqual([200, 200, 200])
      expect((await server.call('GET', '/memory/focus')).status).toBe(200)
    } finally {
      await server.stop()
    }
  })
})
