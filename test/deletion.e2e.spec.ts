import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Maintenance } from '#maintenance'
import { BackUp } from './support/back-up'
import { type FreshStore, freshStore } from './support/fresh-store'
import { startServer, type TestServer } from './support/server'
import type { ErrorBody, ForgetBody, ListBody, RememberBody } from './support/wire'

const PATHS = ['/memory', '/memory/focus', '/memory/sessions', '/memory/graph', '/memory/preferences', '/memory/patterns', '/memory/collections', '/memory/dreams']
const DAY = '2026-03-10'
/** Said of the same day, by the same person; each has a word that nothing else has. */
const SECRET = { content: 'I live in Quixeramobim and my locker code there is 47118362', word: 'quixeramobim' }
const TWIN = { content: 'I work at Zaphodia and my badge number there is 23429051', word: 'zaphodia' }

describe('what was forgotten and its twin that was not', () => {
  let folder: string
  let store: FreshStore
  let server: TestServer
  let env: Record<string, string>

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'reverie-deletion-'))
    store = await freshStore(join(folder, 'data'))
    env = { TOMBSTONE_LEDGER: join(folder, 'ledger') }
    server = await startServer(env, { kept: store })
  })
  afterEach(async () => {
    await server.close()
    await store.drop()
    rmSync(folder, { recursive: true, force: true })
  })

  const stopped = async (work: () => Promise<unknown>): Promise<void> => {
    await server.close()
    await work()
    server = await startServer(env, { kept: store })
  }
  const say = async (content: string, more: Record<string, unknown> = {}): Promise<RememberBody['results'][number]> => (await server.api.post<RememberBody>('/memory', {
    user_id: 'ana', session_id: 'the day', speaker: 'Ana', occurred_at: `${DAY}T09:00:00Z`, content, ...more,
  })).body.results[0]!
  const dream = async (): Promise<void> => {
    const { body } = await server.api.post<{ runs: { status: string }[] }>('/memory/consolidate', { user_id: 'ana', wait: true })
    expect(body.runs.map((run) => run.status)).toEqual(body.runs.map(() => 'completed'))
  }
  const maintain = async (): Promise<void> => {
    const { steps } = await server.worker.get(Maintenance, { strict: false }).run()
    expect(steps.filter(({ error }) => error !== null)).toEqual([])
  }
  const exported = async (): Promise<string> => (await server.api.post('/memory/export', { user_id: 'ana' })).text
  /** Everything that can be asked for. */
  const answers = async (): Promise<string> => {
    const asked = { user_id: 'ana', q: `${SECRET.content} ${TWIN.content}`, k: 100, explain: true, hops: 2, include_superseded: true, reinforce: false }
    const texts = await Promise.all([
      server.api.post('/memory/recall', asked), server.api.post('/memory/recall', { ...asked, kind: ['episode', 'summary', 'fact', 'entity', 'preference', 'pattern', 'collection'] }),
      ...PATHS.map((path) => server.api.get(path, { user_id: 'ana' })),
      ...['summary', 'fact', 'entity'].map((kind) => server.api.get('/memory', { user_id: 'ana', kind })),
    ])
    return [...texts.map(({ text }) => text), await exported()].join('\n').toLowerCase()
  }
  const expectOnlyTwin = async (): Promise<void> => {
    await server.settled()
    const text = await answers()
    expect([text.includes(SECRET.word), text.includes('47118362'), text.includes(TWIN.word), text.includes('23429051')]).toEqual([false, false, true, true])
    expect(await server.store.showing(SECRET.word)).toEqual([])
    expect(await server.store.showing(TWIN.word)).toEqual(expect.arrayContaining(['memory_trace', 'memory_term']))
    const facts = (await server.api.get<ListBody>('/memory', { user_id: 'ana', kind: 'fact' })).body.results.map(({ content }) => content)
    expect(facts.filter((fact) => /Zaphodia|Quixeramobim/.test(fact))).toEqual(['Ana works at Zaphodia'])
  }

  it('part for good: one is in no answer and no row at any step, the other in all', async () => {
    const source = { mailbox: 'home', id: 7 }
    const [secret, twin] = [await say(SECRET.content, { source }), await say(TWIN.content)]
    await dream()
    expect((await server.api.get<ListBody>('/memory', { user_id: 'ana', kind: 'fact' })).body.results.map(({ content }) => content))
      .toEqual(expect.arrayContaining(['Ana lives in Quixeramobim', 'Ana works at Zaphodia']))
    const before = await exported()
    const backUp = new BackUp(store, folder)
    await stopped(() => backUp.make())

    const { receipt, tombstones } = await server.api.forget({ user_id: 'ana', id: secret.id, reason: 'no longer true' })
    expect(tombstones.length).toBeGreaterThan(1)
    await expectOnlyTwin()

    await server.vectorsFollow('ana')
    await maintain()
    await expectOnlyTwin()

    for (const [text, more] of [[SECRET.content, {}], [SECRET.content.toUpperCase(), {}], [SECRET.content, { source, session_id: 'another' }]] as const) {
      expect((await say(text, more)).status).toBe('blocked')
    }
    const imported = await server.api.raw<Record<string, unknown>>('POST', '/memory/import?user_id=ana', before, 'application/x-ndjson')
    expect(imported.status).toBe(200)
    expect((await say(TWIN.content)).status).toBe('duplicate')
    await expectOnlyTwin()

    // What a dream would make the forgotten fact of again, in other words; its own words are not the forgotten ones.
    await say('As you may know, I live in Quixeramobim', { occurred_at: '2026-03-11T09:00:00Z', session_id: 'paraphrase' })
    await dream()
    expect(JSON.stringify((await server.api.get<ListBody>('/memory', { user_id: 'ana', kind: 'fact' })).body)).not.toContain('Quixeramobim')
    await server.api.forget({ user_id: 'ana', scope: { session_id: 'paraphrase' } })
    await dream()
    await maintain()
    await expectOnlyTwin()

    await stopped(async () => undefined)
    await expectOnlyTwin()

    const chain = async (): Promise<string[]> => (await server.api.get<ListBody<{ digest: string }>>('/memory/forget/receipts', { user_id: 'ana' })).body.results.map(({ digest }) => digest)
    const digests = await chain()
    expect(digests).toContain(receipt.digest)
    await stopped(() => backUp.restore())
    await expectOnlyTwin()
    expect((await server.api.get(`/memory/${secret.id}`, { user_id: 'ana' })).status).toBe(404)
    expect((await server.api.get(`/memory/${twin.id}`, { user_id: 'ana' })).status).toBe(200)
    expect((await say(SECRET.content)).status).toBe('blocked')
    expect(await chain()).toEqual(digests)
    await dream()
    await maintain()
    await expectOnlyTwin()
    expect(readFileSync(env.TOMBSTONE_LEDGER!, 'utf8').toLowerCase()).not.toMatch(/quixeramobim|47118362|ana|no longer true/)
  })

  it('are told apart by what happened since the back-up: users who left, tombstones that were lifted, texts that came under other ids', async () => {
    const lifted = await say('The recipe needs seven lemons and thyme honey', { session_id: 'kitchen' })
    const late = { content: 'My sister Dora keeps eleven bees behind the chapel', session_id: 'garden' }
    const first = await say(late.content, { session_id: late.session_id })
    const short = await say('Call the plumber', { session_id: 'calls' })
    await server.api.remember({ user_id: 'leaver', content: 'Grandmother wore a heliotrope brooch on Sundays' })
    const backUp = new BackUp(store, folder)
    await stopped(() => backUp.make())

    const { tombstones } = await server.api.forget({ user_id: 'ana', id: lifted.id })
    expect((await server.api.delete(`/tombstones/${tombstones[0]!}`, { user_id: 'ana' })).status).toBe(200)
    await server.api.forget({ user_id: 'ana', ids: [first.id, short.id], block: true })
    expect((await server.api.delete<ForgetBody>('/users/leaver')).status).toBe(200)
    await server.api.remember({ user_id: 'comer', content: 'A memory of nobody who left' })

    // Restored, and used for a while, without its ledger.
    await server.close()
    await backUp.restore()
    server = await startServer({ TOMBSTONE_LEDGER: 'off' }, { kept: store })
    expect((await server.api.get(`/memory/${short.id}`, { user_id: 'ana' })).status).toBe(200)
    await server.api.forget({ user_id: 'ana', id: first.id, block: false })
    const again = await say(late.content, { session_id: 'later' })
    expect(again.status).toBe('stored')
    await stopped(async () => undefined)

    for (const id of [first.id, short.id, again.id, lifted.id]) expect((await server.api.get(`/memory/${id}`, { user_id: 'ana' })).status).toBe(404)
    expect(await server.store.showing('heliotrope')).toEqual([])
    expect(await server.store.showing('leaver')).toEqual([])
    expect((await say(late.content)).status).toBe('blocked')
    expect((await say('The recipe needs seven lemons and thyme honey')).status).toBe('stored')
    // One start later there is nothing to do again, and who came anew under an old name stays.
    await server.api.remember({ user_id: 'leaver', content: 'A second life began under the old name' })
    await stopped(async () => undefined)
    expect(await server.store.showing('second life')).toEqual(expect.arrayContaining(['memory_trace']))

    // Without its ledger nothing is forgotten, and nothing half.
    const before = await server.store.counts()
    renameSync(env.TOMBSTONE_LEDGER!, `${env.TOMBSTONE_LEDGER!}.away`)
    const refused = await server.api.post<ErrorBody>('/memory/forget', { user_id: 'leaver', scope: { all: true } })
    expect([refused.status, refused.body.error.code, refused.headers.get('retry-after')]).toEqual([503, 'unavailable', expect.any(String)])
    expect((await server.api.delete<ErrorBody>('/users/leaver')).status).toBe(503)
    expect(await server.store.counts()).toEqual(before)
    renameSync(`${env.TOMBSTONE_LEDGER!}.away`, env.TOMBSTONE_LEDGER!)
    expect((await server.api.forget({ user_id: 'leaver', scope: { all: true } })).forgotten.traces).toBe(1)
  })
})
