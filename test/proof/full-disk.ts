/**
 * `npm run prove:full-disk` (as root, for it mounts small disks): the built product on stores whose disk fills up, embedded and on Postgres, with
 * its data or only its write-ahead log there. What was acknowledged is there afterwards, what was refused is not, and it goes on by itself.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OpenAiServer } from '../../libs/embeddings/testing'
import { freePort } from '../servers/free-port'
import { PrivatePostgres, PrivateRedis } from '../servers/private-server'
import { Child, ensureBuilt } from '../support/built'
import { Filling } from './filling'
import { SmallDisk } from './small-disk'

interface Stage {
  readonly what: string
  readonly mib: number
  /** Settings by which the product uses a store on that disk; what is to be ended later goes to `later`. */
  readonly store: (disk: SmallDisk, later: (end: () => unknown) => void) => Promise<{ env: Record<string, string>; postgres?: PrivatePostgres }>
}

const embedded = (reserve: string): Stage['store'] => async (disk) => ({ env: { DATA_DIR: join(disk.folder, 'data'), DISK_RESERVE_MB: reserve } })
const onPostgres = (place: 'folder' | 'log'): Stage['store'] => async (disk, later) => {
  const folder = join(disk.folder, 'postgres')
  mkdirSync(folder)
  // Durable, unlike those of the tests: what was acknowledged survives a crash of the server.
  const postgres = await PrivatePostgres.create(['fsync=on', 'synchronous_commit=on', 'full_page_writes=on'], { [place]: folder })
  later(() => postgres.close())
  await postgres.start()
  const redis = await PrivateRedis.create().then((server) => server.start())
  later(() => redis.close())
  return { env: { DATABASE_URL: postgres.url, REDIS_URL: redis.url, APP_SECRET: 'a secret of the proof', DATABASE_MIGRATE: 'on' }, postgres }
}

const STAGES: readonly Stage[] = [
  { what: 'embedded', mib: 300, store: embedded('128') },
  { what: 'embedded without a reserve, so that its Postgres ends', mib: 140, store: embedded('0') },
  { what: 'Postgres with its data on the disk', mib: 200, store: onPostgres('folder') },
  { what: 'Postgres with its write-ahead log alone on the disk', mib: 48, store: onPostgres('log') },
]

async function prove(stage: Stage, embedder: OpenAiServer, say: (line: string) => void): Promise<string[]> {
  const atEnd: (() => unknown)[] = []
  const home = mkdtempSync(join(tmpdir(), 'reverie-proof-'))
  atEnd.push(() => rmSync(home, { recursive: true, force: true }))
  try {
    const disk = SmallDisk.mount(stage.mib)
    atEnd.push(() => disk.remove())
    const { env: its, postgres } = await stage.store(disk, (end) => atEnd.push(end))
    const env = {
      PORT: String(await freePort()), LOG_LEVEL: process.env.PROOF_LOG ?? 'fatal', DREAM_SCHEDULE: 'off', MAINTENANCE_SCHEDULE: 'off', TOMBSTONE_LEDGER: join(home, 'ledger'),
      EMBEDDING_PROVIDER: 'openai', EMBEDDING_MODEL: 'hash', EMBEDDING_BASE_URL: embedder.url, DATA_DIR: join(home, 'data'), ...its,
    }
    let child = Child.start(env)
    atEnd.push(() => child.kill('SIGKILL'))
    await child.ready()
    const filling = new Filling(child.api, say)

    await filling.untilRefused()
    await filling.lookAround('full')
    await filling.forgetOne()
    disk.resize(stage.mib * 2)
    say(`the disk has ${disk.freeMib} MiB free now`)
    if (postgres?.ended) {
      say('Postgres had given up; it is started again, as its operator would')
      await postgres.start()
    }
    await filling.untilTaken()

    await filling.untilRefused()
    await child.kill('SIGKILL')
    child = Child.start(env)
    const started = await child.ready().then(() => true, () => false)
    say(started ? 'killed (-9), it started on the full disk' : `killed (-9), it did not start on the full disk: ${child.errors.trim().split('\n').join(' ')}`)
    if (!started && !/full|down|recovering|reached/.test(child.errors)) filling.findings.push('a start that does not say why')
    if (started) await filling.lookAround('full, started anew')
    disk.resize(stage.mib * 4)
    if (postgres?.ended) await postgres.start()
    if (!started) {
      child = Child.start(env)
      await child.ready()
    }
    await filling.untilTaken()
    await filling.settleUp()
    await child.kill('SIGTERM')
    if (!postgres) {
      disk.setReadOnly()
      child = Child.start(env)
      const code = await child.exited
      say(`on the disk, made read-only, it ends with ${code}: ${child.errors.trim().split('\n').join(' ')}`)
      if (!/cannot be (made or )?written/.test(child.errors)) filling.findings.push('a read-only disk that is not named')
    }
    return filling.findings
  } finally {
    for (const end of atEnd.reverse()) await end()
  }
}

async function main(): Promise<void> {
  try {
    SmallDisk.mount(1).remove()
  } catch {
    throw new Error('prove:full-disk mounts small disks, which takes root')
  }
  ensureBuilt()
  const embedder = await OpenAiServer.start()
  const only = process.argv[2]
  try {
    for (const stage of STAGES.filter(({ what }) => only === undefined || what.includes(only))) {
      console.log(`${stage.what}, ${stage.mib} MiB`)
      const findings = await prove(stage, embedder, (line) => console.log(`  ${line}`))
      console.log(`  findings = ${findings.length}`)
      for (const finding of findings) console.error(`  ${finding}`)
      if (findings.length > 0) process.exitCode = 1
    }
  } finally {
    await embedder.close()
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
