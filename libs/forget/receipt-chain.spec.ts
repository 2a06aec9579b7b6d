import { chainFault, type Chained, receiptDigest } from './receipt-chain'

type Kept = Chained & { readonly digest: string }

const COUNTS = { traces: 1, embeddings: 3, terms: 4, edges: 1, focus: 0, derived: 0, rewritten: 0 }

/** Receipts as they were written one after the other. */
function written(n: number): Kept[] {
  return Array.from({ length: n }).reduce<Kept[]>((all, _, i) => {
    const chained = { id: `id-${i}`, at: new Date(Date.UTC(2025, 5, 1, 10, i)), counts: { ...COUNTS, terms: i }, previous: all.at(-1)?.digest ?? null }
    return [...all, { ...chained, digest: receiptDigest(chained) }]
  }, [])
}

describe('a chain of receipts', () => {
  const chain = written(5)

  it('fits as it was written, whatever the order of the counts and the time zone they are read in', () => {
    expect(chainFault(chain)).toBeUndefined()
    expect(chainFault([])).toBeUndefined()
    expect(receiptDigest({ ...chain[2]!, counts: Object.fromEntries(Object.entries(chain[2]!.counts).reverse()) as unknown as Kept['counts'] })).toBe(chain[2]!.digest)
  })

  it('has a digest that others can recompute', () => {
    // printf '%s' '["id-0","2025-06-01T10:00:00.000Z",{"traces":1,…},null]' | sha256sum
    expect(chain[0]!.digest).toBe('89c2c6fc043cbdd5b790129a6512f30da9c3d93c17d6fe59e920778f78129388')
  })

  it.each<[string, (all: Kept[]) => Kept[], number, string]>([
    ['a count was changed', (all) => all.with(2, { ...all[2]!, counts: { ...all[2]!.counts, terms: 99 } }), 2, 'changed'],
    ['a time was changed', (all) => all.with(1, { ...all[1]!, at: new Date(0) }), 1, 'changed'],
    ['an id was changed', (all) => all.with(4, { ...all[4]!, id: 'other' }), 4, 'changed'],
    ['one is missing in between', (all) => all.toSpliced(2, 1), 2, 'unlinked'],
    ['the first is missing', (all) => all.slice(1), 0, 'unlinked'],
    ['two are in another order', (all) => [all[0]!, all[2]!, all[1]!, all[3]!, all[4]!], 1, 'unlinked'],
    ['one is there twice', (all) => [...all.slice(0, 2), ...all.slice(1)], 2, 'unlinked'],
    ['a count was changed, with the digest of that', (all) => {
      const forged = { ...all[1]!, counts: { ...all[1]!.counts, traces: 0 } }
      return all.with(1, { ...forged, digest: receiptDigest(forged) })
    }, 2, 'unlinked'],
  ])('shows where %s', (_, change, index, what) => {
    expect(chainFault(change(chain))).toEqual({ index, what })
  })
})
