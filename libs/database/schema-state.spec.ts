import { schemaFault, stateOf } from './schema-state'

const OLD = 'First1700000000001'
const NEW = 'Second1700000000002'
const fault = (known: string[], run: string[], servesSince = 0) => schemaFault(stateOf(known, run, servesSince))

it('is content when every migration of this build has run', () => {
  expect(fault([OLD, NEW], [OLD, NEW])).toBeUndefined()
  expect(fault([], [])).toBeUndefined()
})

it('lets the release before work on a schema that already has more', () => {
  expect(fault([OLD], [OLD, NEW], 1700000000001)).toBeUndefined()
})

it('calls a schema too old when a migration has not run, and names the cure', () => {
  expect(fault([OLD, NEW], [OLD])).toMatchObject({
    message: expect.stringContaining('too old for this build: 1 migration has not run (Second1700000000002)'), cure: expect.stringContaining('npm run migrate'),
  })
  expect(fault([OLD, NEW], [])?.message).toContain('2 migrations have not run, the first of them First1700000000001')
})

it('calls a schema too new when it serves only releases after this one', () => {
  expect(fault([OLD], [OLD, NEW], 1700000000002)).toMatchObject({ message: expect.stringContaining('too new'), cure: expect.stringContaining('later one') })
})
