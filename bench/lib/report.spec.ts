import { recallGoal, retrievalGoals, verdict } from './goals.cjs'
import { evaluate } from './metrics.cjs'
import { answerable, print, rows, sessionRows } from './report.cjs'
import { interval, markdown, megabytes, ms } from './table.cjs'
import { embedding } from './timings.cjs'

const scored = (category: string, ranked: string[], more = {}) =>
  ({ id: category, category, answerable: answerable({ category, gold: ['a'] }), scores: evaluate(ranked, new Set(['a'])), ...more })

describe('rows', () => {
  const questions = [
    scored('temporal_reasoning', ['a']), scored('summarization', ['b']), scored('adversarial', ['a']),
    { id: 'n', category: 'temporal_reasoning', answerable: false, scores: {} },
  ]

  it('keeps traps apart and questions without evidence out', () => {
    expect(rows(questions).map((row) => [row.row, row.n, row.scores['R@10']!.mean])).toEqual([
      ['all', 2, 0.5], ['factual', 1, 1], ['summarization', 1, 0], ['temporal_reasoning', 1, 1], ['adversarial', 1, 1],
    ])
  })

  it('reports sessions only where they were asked for', () => {
    expect(sessionRows(questions)).toEqual([])
    expect(sessionRows([{ ...questions[0]!, session: evaluate(['a'], new Set(['a', 'b'])) }])[0]).toMatchObject({ n: 1, scores: { 'R@5': { mean: 0.5 }, 'all@5': { mean: 0 } } })
  })

  it('prints a table', () => {
    expect(print(rows(questions))).toContain('| all                |   2 |')
    expect(print([])).toContain('| questions |')
  })
})

describe('tables', () => {
  it('aligns and escapes', () => {
    expect(markdown(['a', 'n'], [['x|y', 1]])).toBe('| a    |   n |\n| ---- | --: |\n| x\\|y |   1 |')
  })

  it('formats numbers', () => {
    expect(interval({ mean: 0.8141, low: 0.79, high: 0.836 })).toBe('81.4 [79.0, 83.6]')
    expect(interval({ mean: NaN, low: NaN, high: NaN })).toBe('-')
    expect([ms(1.23), ms(123.4), ms(null), ms(NaN)]).toEqual(['1.2', '123', '-', '-'])
    expect([megabytes(1_550_000), megabytes(310_000_000), megabytes(null)]).toEqual(['1.6', '310', '-'])
  })
})

describe('goals', () => {
  it('are found by the name of the file and the size of the store', () => {
    expect(retrievalGoals('locomo.dev.jsonl')).toHaveLength(5)
    expect(retrievalGoals('mine.jsonl')).toEqual([])
    expect(recallGoal('embedded', 10_000)).toMatchObject({ must: 50 })
    expect(recallGoal('embedded', 2000)).toBeNull()
    expect(recallGoal('server', 100_000)).toMatchObject({ must: 40 })
    expect(recallGoal('embedded', 100_000)).toBeNull()
  })

  it('are reached from above or from below', () => {
    const goal = { must: 50, aim: 80 }
    expect([verdict(80, goal), verdict(79.9, goal), verdict(49, goal)]).toEqual(['aim', 'must', 'missed'])
    const bar = { must: 50, aim: 35 }
    expect([verdict(30, bar, true), verdict(35, bar, true), verdict(50, bar, true)]).toEqual(['aim', 'must', 'missed'])
    expect(verdict(500, { must: 400 })).toBe('must')
  })
})

describe('embedding', () => {
  it('prefers the exact name and takes what speaks of embedding otherwise', () => {
    expect(embedding({ embedding_search: 3, embed_ms: 1.5 })).toEqual({ field: 'embed_ms', ms: 1.5 })
    expect(embedding({ fuse: 1, queryEmbedding: 2 })).toEqual({ field: 'queryEmbedding', ms: 2 })
    expect(embedding({ fuse: 1, embedding: { ms: 2 } })).toBeNull()
    expect(embedding(undefined)).toBeNull()
  })
})
