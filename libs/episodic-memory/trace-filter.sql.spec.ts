import { filterSql, metadataPaths, Params, pathValue } from './trace-filter.sql'

function compile(filter: Parameters<typeof filterSql>[0]): { sql: string; values: unknown[] } {
  const params = new Params()
  params.add('user')
  return { sql: filterSql(filter, '5f0c1f0e-6d1b-5a54-9a3e-7d4c0a6a2b11', params), values: params.values.slice(1) }
}

describe('filterSql', () => {
  it('is true without conditions', () => {
    expect(compile({}).sql).toBe('true')
  })

  it('binds every value and never writes one into the text', () => {
    const { sql, values } = compile({
      project: "x' or true --", tags: ['a'], expression: { and: [{ field: 'metadata.a.b', op: 'eq', value: "'; drop" }, { field: 'category', op: 'in', value: ['p', 'q'] }] },
    })
    expect(sql).not.toContain('drop')
    expect(sql).not.toContain('--')
    expect(values).toEqual(["x' or true --", 'a', 'a.b', '"\'; drop"', 'p', 'q'])
  })

  it('lets ne and nin hold where the field is missing', () => {
    expect(compile({ expression: { field: 'category', op: 'ne', value: 'x' } }).sql).toBe('not coalesce(t.category = $2::text, false)')
    expect(compile({ expression: { field: 'category', op: 'nin', value: [] } }).sql).toBe('not coalesce(false, false)')
  })

  it('knows that nothing is in an empty list and everything passes an empty AND', () => {
    expect(compile({ expression: { or: [] } }).sql).toBe('false')
    expect(compile({ expression: { and: [] } }).sql).toBe('true')
  })
})

describe('metadataPaths', () => {
  it('gives every leaf under its dotted path, elements of arrays under the array', () => {
    expect(metadataPaths({ a: { b: 1 }, list: ['x', 'y', 'x'], none: null })).toEqual([
      { path: 'a.b', value: '1' }, { path: 'list', value: '"x"' }, { path: 'list', value: '"y"' }, { path: 'none', value: 'null' },
    ])
  })

  it('hashes a long value, the same way for the same value', () => {
    const long = 'v'.repeat(5000)
    expect(metadataPaths({ long })[0]!.value).toBe(pathValue(long))
    expect(pathValue(long)).toMatch(/^sha256:[0-9a-f]{64}$/)
  })
})
