import fc from 'fast-check'
import { canonicalKeys, type Named } from './canonical'

const person = (key: string): Named => ({ key, type: 'person' })
const meaning = (...names: Named[]): Record<string, string> => Object.fromEntries(canonicalKeys(names))

describe('names that are one', () => {
  it.each<[string, Named[], Record<string, string>]>([
    ['a first name is the only full name that begins with it', [person('marta'), person('marta silva')], { marta: 'marta silva' }],
    ['in either order', [person('marta silva'), person('marta')], { marta: 'marta silva' }],
    ['with two of them it is itself', [person('marta'), person('marta silva'), person('marta costa')], { marta: 'marta' }],
    ['the longest of names that grow', [person('ana'), person('ana maria'), person('ana maria silva')], { ana: 'ana maria silva', 'ana maria': 'ana maria silva' }],
    ['a part stays with its own branch', [person('ana'), person('ana maria'), person('ana maria silva'), person('ana costa')], { ana: 'ana', 'ana maria': 'ana maria silva' }],
    ['an initial is a surname', [person('marta s'), person('marta silva')], { 'marta s': 'marta silva' }],
    ['of another one it is not', [person('marta c'), person('marta silva')], { 'marta c': 'marta c' }],
    ['an initial that fits two', [person('marta s'), person('marta silva'), person('marta sousa')], { 'marta s': 'marta s' }],
    ['a word is no part of a word', [person('mart'), person('marta silva')], { mart: 'mart' }],
    ['a surname is shared by families', [person('silva'), person('marta silva')], { silva: 'silva' }],
    ['a place is nobody\'s first name', [{ key: 'paris', type: 'place' }, person('paris hilton')], { paris: 'paris' }],
    ['what is not known to be a person takes no name over', [{ key: 'docker', type: 'other' }, { key: 'docker compose', type: 'other' }], { docker: 'docker' }],
    ['an unknown first name is short for a person', [{ key: 'thandiwe', type: 'other' }, person('thandiwe mokoena')], { thandiwe: 'thandiwe mokoena' }],
  ])('%s', (_rule, names, expected) => {
    expect(meaning(...names)).toMatchObject(expected)
  })

  const name = fc.array(fc.constantFrom('ana', 'maria', 'silva', 's', 'bo'), { minLength: 1, maxLength: 3 }).map((words) => words.join(' '))
  const names = fc.uniqueArray(fc.record({ key: name, type: fc.constantFrom<Named['type']>('person', 'other', 'place') }), { selector: (one) => one.key, maxLength: 8 })

  it('do not depend on the order, and mean names that mean themselves', () => {
    fc.assert(fc.property(names.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))), ([all, shuffled]) => {
      const one = canonicalKeys(all)
      expect(Object.fromEntries(canonicalKeys(shuffled))).toEqual(Object.fromEntries(one))
      for (const key of one.values()) expect(one.get(key)).toBe(key)
    }), { numRuns: 500 })
  })

  it('never join two that share no beginning', () => {
    fc.assert(fc.property(names, (all) => {
      for (const [key, meant] of canonicalKeys(all)) expect(meant.startsWith(key)).toBe(true)
    }), { numRuns: 300 })
  })
})
