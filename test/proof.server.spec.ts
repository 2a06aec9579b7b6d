import { prove } from './proof/proof'
import { ensureBuilt } from './support/built'

describe('two apis and two dream-workers on Postgres and Redis', () => {
  beforeAll(ensureBuilt)

  it('lose nothing acknowledged, and dream each day once, though each process is killed and each server crashes under load', async () => {
    const { faults, all, seconds: _, ...findings } = await prove({ lanes: 2, requests: 15, days: 12, say: () => undefined })
    expect(faults.map((fault) => fault.what)).toEqual([
      'api 1 killed (-9)', 'api 2 killed (-9)', 'dream-worker 1 killed (-9)', 'dream-worker 2 killed (-9)', 'Redis killed (-9)', 'Postgres crashed',
    ])
    expect(findings).toEqual({ lost: [], unfound: [], risen: [], unknown: [], daysLost: [], daysTwice: [] })
    expect(Math.min(all.remembered, all.forgotten, all.recalled, all.refused, all.unanswered)).toBeGreaterThan(0)
  }, 300_000)
})
