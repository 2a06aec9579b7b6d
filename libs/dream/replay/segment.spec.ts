import { normalise, type Vector } from '#kernel'
import { borders } from './segment'

/** Turns a minute apart; a letter is a topic, a dash a pause of two hours, a dot a turn without a vector. */
function turns(talk: string): { at: Date; vector: Vector | undefined }[] {
  let at = 0
  return [...talk].flatMap((letter, i) => {
    at += letter === '-' ? 120 : 1
    if (letter === '-') return []
    // Turns of one topic are alike, not the same.
    const vector = letter === '.' ? undefined : normalise([0, 1, 2, 3].map((d) => ('abcd'[d] === letter ? 1 : 0) + 0.2 * Math.sin(7 * i + d)), 4)
    return [{ at: new Date(at * 60_000), vector }]
  })
}

describe('episodes', () => {
  it.each([
    ['', []],
    ['a', []],
    ['aaaaaaaaaaaa', []],
    ['aaaaaabbbbbb', [6]],
    ['aaaaaabbbbbbaaaaaa', [6, 12]],
    ['aaa-aaa', [3]],
    ['aaaaaabbbbbb-cccccc', [6, 12]],
  ])('of %s begin anew at %j', async (talk, expected) => {
    expect(await borders(turns(talk))).toEqual(expected)
  })

  it('are not torn by single turns that wander', async () => {
    expect(await borders(turns('aaaaabaaaaaa'))).toEqual([])
    expect(await borders(turns('aaabbbaaabbb'))).not.toContain(3)
  })

  it('are those of the clock where vectors are missing', async () => {
    expect(await borders(turns('......-......'))).toEqual([6])
    expect(await borders(turns('aaaaaa.bbbbbb'))).toHaveLength(1)
  })

  it('are each at least four turns long but for pauses, however the talk goes', async () => {
    let seed = 1
    const random = (n: number): number => (seed = (seed * 48_271) % 2_147_483_647) % n
    for (let round = 0; round < 50; round++) {
      const talk = Array.from({ length: 40 }, () => 'abcd'[random(4)]).join('')
      const starts = [0, ...await borders(turns(talk)), 40]
      for (let i = 1; i < starts.length; i++) expect(starts[i]! - starts[i - 1]!).toBeGreaterThanOrEqual(4)
    }
  })
})
