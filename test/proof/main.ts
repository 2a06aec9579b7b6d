/**
 * `npm run prove:server`: two apis and two dream-workers on real Postgres and Redis, each killed or stopped once, lose nothing.
 * `npm run prove:chaos [-- --faults 30 --seed 1]`: so many of them, chosen and timed by chance.
 */
import { parseArgs } from 'node:util'
import { findPrograms, whatIsMissing } from '../servers/find'
import { ensureBuilt } from '../support/built'
import { prove } from './proof'

async function main(): Promise<void> {
  const missing = whatIsMissing(findPrograms())
  if (missing) throw new Error(missing)
  ensureBuilt()
  const { values } = parseArgs({ options: { faults: { type: 'string' }, seed: { type: 'string', default: String(Date.now() % 1_000_000) } } })
  const chaos = values.faults === undefined ? undefined : { faults: Number(values.faults), seed: Number(values.seed) }
  if (chaos) console.log(`${chaos.faults} faults by chance, --seed ${chaos.seed}`)
  const { TEST_DATABASE_URL, TEST_REDIS_URL } = process.env
  const { all, seconds, faults: _, ...findings } = await prove({
    postgres: TEST_DATABASE_URL, redis: TEST_REDIS_URL, lanes: 4, requests: chaos ? 60 : 100, days: 24, chaos, say: console.log,
  })
  console.log(`acknowledged: ${all.remembered} remembered, ${all.forgotten} forgotten, ${all.recalled} recalled (${all.degraded} of them degraded)`)
  console.log(`asked again: ${all.refused} refused with 503, ${all.unanswered} unanswered`)
  console.log(Object.entries(findings).map(([name, ids]) => `${name} = ${ids.length}`).join(', '))
  console.log(`${Math.round(seconds)} s`)
  for (const [name, ids] of Object.entries(findings)) if (ids.length > 0) console.error(`${name}: ${ids.slice(0, 20).join(' ')}`)
  if (Object.values(findings).some((ids) => ids.length > 0)) process.exitCode = 1
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
