// What `npm run demo` tells: three days of somebody's life, asked about, corrected, forgotten, dreamt of. The real product, started on a
// scratch store that is removed at the end; everything printed is what it answered over HTTP. Ends with an error when a claim does not hold.
import { Client, HttpError } from '../bench/lib/client.mjs'
import { openServer } from '../bench/server.mjs'

const USER = 'ana'
const SECRET = 'The code of my bicycle lock is 4711, I keep forgetting it'
const DAYS = [
  ['three days ago', [
    'I moved to Lisbon with my sister Marta, we found a flat near the river',
    'We adopted a grey cat called Nimbus from the shelter in Almada',
    'Thunder was rolling all evening and Nimbus hid under the sofa',
  ]],
  ['two days ago', [
    SECRET,
    'My appointment with the dentist, Doctor Sousa, is on Thursday at ten',
    'Marta started as a pastry cook in the bakery on Rua Augusta',
  ]],
  ['yesterday', [
    'I signed up for an evening course in Portuguese at the university',
    'The teacher is called Helena and makes us sing',
    'ok',
  ]],
]

const say = (line = '') => console.log(line)
const indent = (text) => say(`   ${text}`)
const quote = (text) => `"${text}"`
const shortly = (id) => id.slice(0, 8)

function expect(holds, claim) {
  if (!holds) throw new Error(`the story does not hold: ${claim}`)
}

/** Runs one step of the story and says how long it took. */
async function step(number, title, work) {
  say(`${number}. ${title}`)
  const from = performance.now()
  await work()
  indent(`(${((performance.now() - from) / 1000).toFixed(2)} s)\n`)
}

/** The local day so many days ago, in UTC, where this story plays. */
function day(ago) {
  return new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10)
}

/** Asks, and answers the best memory with the reasons. */
async function ask(client, question) {
  const { body } = await client.recall({ user_id: USER, query: question, k: 1, explain: true })
  const [best] = body.results
  indent(`? ${question}`)
  indent(`= ${quote(best.content)}`)
  const shares = Object.entries(best.scores).filter(([, share]) => share >= 0.005).sort(([, a], [, b]) => b - a)
  indent(`  score ${best.score.toFixed(2)} = ${shares.map(([name, share]) => `${name} ${share.toFixed(2)}`).join(' + ')}`)
  return best
}

async function remember(client) {
  await client.call('PUT', `/users/${USER}`, { time_zone: 'UTC' })
  const ids = new Map()
  for (const [at, [when, texts]] of DAYS.entries()) {
    for (const [hour, content] of texts.entries()) {
      const occurred_at = `${day(DAYS.length - at)}T${10 + hour}:00:00Z`
      const { results: [stored] } = (await client.remember({ user_id: USER, session_id: when, speaker: 'Ana', content, occurred_at })).body
      indent(`${when.padEnd(14)} ${quote(content)} → ${stored.status}`)
      ids.set(content, stored.id)
    }
  }
  return ids
}

async function tell(client) {
  let ids
  await step(1, 'Three days are remembered; "ok" is not worth it', async () => { ids = await remember(client) })
  await step(2, 'Asked in other words, with the reasons', async () => {
    expect((await ask(client, 'Which pet lives with them?')).content.includes('Nimbus'), 'the cat is found without being named')
  })
  await step(3, 'Corrected: the new memory takes the place of the old one, the history keeps both', async () => {
    const old = ids.get(DAYS[1][1][1])
    const right = (await client.call('PATCH', `/memory/${old}?user_id=${USER}`, { content: 'My appointment with the dentist, Doctor Sousa, is on Friday at noon' })).body
    const found = await ask(client, 'When does she see the dentist?')
    expect(found.id === right.id, 'the corrected memory is found')
    const history = (await client.call('GET', `/memory/${right.id}/history?user_id=${USER}`)).body.results
    for (const memory of history) indent(`history: ${quote(memory.content)}`)
  })
  await step(4, 'Forgotten, after a preview, with a receipt that does not hold the text', async () => {
    const preview = (await client.call('POST', '/memory/forget', { user_id: USER, query: 'bicycle lock code' })).body
    for (const { content, because } of preview.candidates) indent(`preview: ${quote(content)} (${because})`)
    const { forgotten, receipt } = (await client.call('POST', '/memory/forget', { user_id: USER, preview_token: preview.preview_token })).body
    expect(forgotten.traces === 1, 'exactly what the preview showed is forgotten')
    indent(`erased: ${forgotten.traces} memory, ${forgotten.embeddings} vectors, ${forgotten.terms} words, ${forgotten.edges} edges`)
    indent(`receipt ${shortly(receipt.id)}, digest ${receipt.digest.slice(0, 16)}`)
  })
  await step(5, 'Fed again: it does not come back', async () => {
    const { results: [again] } = (await client.remember({ user_id: USER, session_id: 'another', content: SECRET })).body
    expect(again.status === 'blocked', 'the same text is blocked')
    indent(`${quote(SECRET)} → ${again.status}`)
  })
  await step(6, 'Dreamt: what says most about each day, word for word, is its summary', async () => {
    const { runs } = (await client.call('POST', '/memory/consolidate', { user_id: USER, wait: true })).body
    expect(runs.length === DAYS.length && runs.every((run) => run.status === 'completed'), 'every day is dreamt of')
    for (const [at, run] of runs.entries()) {
      const summary = run.changes.find((change) => change.op === 'create' && change.trace).after
      for (const line of summary.content.split('\n')) indent(`${DAYS[at][0].padEnd(14)} ${quote(line)}`)
    }
  })
  await step(7, 'Still gone: from every memory, every dream and every answer', async () => {
    const { results } = (await client.call('GET', `/memory?user_id=${USER}&limit=200`)).body
    const found = (await client.recall({ user_id: USER, query: 'What is the code of the bicycle lock?', k: 200 })).body.results
    const dreams = JSON.stringify((await client.call('GET', `/memory/dreams?user_id=${USER}`)).body)
    const gone = await client.call('GET', `/memory/${ids.get(SECRET)}?user_id=${USER}`).then(() => false, (error) => error instanceof HttpError && error.status === 404)
    expect(gone && !JSON.stringify([results, found]).includes('4711') && !dreams.includes('4711'), 'nothing holds what was forgotten')
    indent(`the code: in 0 of ${results.length} memories, in 0 of ${found.length} answers, in no dream; its id is answered 404`)
  })
}

async function main() {
  const from = performance.now()
  const server = openServer({})
  try {
    await server.start()
    say(`Reverie runs on a scratch store (${((performance.now() - from) / 1000).toFixed(2)} s)\n`)
    await tell(new Client(server.url))
  } finally {
    await server.remove()
  }
  say(`The scratch store is removed; all of it took ${((performance.now() - from) / 1000).toFixed(2)} s. Now: npm start`)
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
