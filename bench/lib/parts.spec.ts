import * as answers from '../../libs/language/answers'
import * as legs from '../../libs/recall/legs'
import * as weights from '../../libs/recall/weights'
import { change, PARTS } from './parts.cjs'

const PRODUCT: Record<string, Record<string, unknown>> = { 'libs/recall/weights': weights, 'libs/recall/legs': legs, 'libs/language/answers': answers }
const part = (name: string) => PARTS.find((one) => one.part === name)!

describe('the parts of an ablation', () => {
  it.each(PARTS.filter((one) => one.change).map((one) => [one.part, one.change!] as const))('changes of "%s" what the product has, to something else', (_, changes) => {
    for (const [file, values] of Object.entries(changes)) {
      for (const [name, value] of Object.entries(values)) {
        const there = PRODUCT[file]![name]
        const [before, after] = typeof value === 'object' ? [there as object, value as object] : [{ [name]: there }, { [name]: value }]
        expect(Object.keys(before)).toEqual(expect.arrayContaining(Object.keys(after)))
        for (const [key, to] of Object.entries(after)) expect((before as Record<string, unknown>)[key]).not.toEqual(to)
      }
    }
  })

  it('are changed in place, within tables and alone', () => {
    const loaded = { WEIGHTS: { lexical: 1, own: 2 }, LEG: { words: 200, vectors: 150 }, NEIGHBOURS: [0.5, 0.3, 0.2], REPEATED: 0.1 }
    for (const name of ['words', 'turns around', 'diversity']) change(part(name), () => loaded)
    expect(loaded).toEqual({ WEIGHTS: { lexical: 0, own: 2 }, LEG: { words: 0, vectors: 150 }, NEIGHBOURS: [0, 0, 0], REPEATED: 1 })
    change(part('graph'), () => { throw new Error('nothing of the product is to be changed') })
  })
})
