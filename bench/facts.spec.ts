import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { claimsOf } from '#facts'

interface Row { text: string; speaker?: string; facts: string[][] }
const halves = JSON.parse(readFileSync(join(__dirname, 'facts.sentences.json'), 'utf8')) as Record<'development' | 'held_out', Row[]>
const read = ({ text, speaker = 'Ana' }: Row): string[] => claimsOf(text, { speaker, at: new Date('2026-06-10T12:00:00Z'), zone: 'UTC' })
  .map(({ triple: t }) => [t.subject, (t.negated ? '!' : '') + t.predicate, t.object].join(' | ').toLowerCase())
const wanted = ({ facts }: Row): string[] => facts.map(([subject, predicate, object]) => [subject, predicate, object].join(' | ').toLowerCase())
const count = (rows: readonly Row[], of: (row: Row) => number): number => rows.reduce((sum, row) => sum + of(row), 0)

describe.each(['development', 'held_out'] as const)('facts of the %s sentences', (half) => {
  const rows = halves[half]
  const right = count(rows, (row) => read(row).filter((line) => wanted(row).includes(line)).length)

  it('are right in 95 of 100 cases', () => {
    expect(right / count(rows, (row) => read(row).length)).toBeGreaterThan(0.95)
  })

  it('are found in 90 of 100 cases', () => {
    expect(right / count(rows, (row) => row.facts.length)).toBeGreaterThan(0.9)
  })

  it('are read from none that says nothing', () => {
    expect(rows.filter((row) => row.facts.length === 0 && read(row).length > 0).map((row) => row.text)).toEqual([])
  })
})
