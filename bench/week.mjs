/**
 * A week dreamt of, as a page to be read: what the dream makes of a conversation of our own, each thing with its sources.
 *
 *   node bench/week.mjs [--file bench/week.jsonl] [--out docs/a-week-dreamt.md]
 *
 * The conversation is remembered, each day is dreamt of when it is over, and what was learnt is read as any caller reads it. See README.md.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { Client } from './lib/client.mjs'
import dataset from './lib/dataset.cjs'
import { openServer, SERVER_OPTIONS } from './server.mjs'

const OPTIONS = /** @type {const} */ ({
  ...SERVER_OPTIONS, file: { type: 'string', default: 'bench/week.jsonl' }, out: { type: 'string', default: 'docs/a-week-dreamt.md' },
})
const USER = 'bench-week'
/** @typedef {{ id: string, content: string, speaker: string | null, occurred_at: string, metadata: any, number: number }} Message */

/** The days of the conversation, one after the other, each dreamt of before the next one begins. @param {Client} client @param {import('./lib/dataset.cjs').Conversation} week */
async function live(client, week) {
  await client.call('PUT', `/users/${USER}`, { time_zone: 'UTC' })
  for (const { session_id, messages } of dataset.batches(week)) {
    await client.remember({ user_id: USER, session_id, messages })
    await client.call('POST', '/memory/consolidate', { user_id: USER, day: String(messages[0]?.occurred_at).slice(0, 10), wait: true })
  }
}

/** @param {Client} client @param {string} path @returns {Promise<any[]>} oldest first */
async function all(client, path) {
  const { body } = await client.call('GET', `${path}${path.includes('?') ? '&' : '?'}user_id=${USER}&limit=200`)
  return body.results.sort((/** @type {any} */ a, /** @type {any} */ b) => (a.occurred_at < b.occurred_at ? -1 : a.occurred_at > b.occurred_at ? 1 : a.content < b.content ? -1 : 1))
}

/** @param {Client} client @param {string} id */
async function sourcesOf(client, id) {
  const { body } = await client.call('GET', `/memory/${id}/edges?user_id=${USER}`)
  return body.edges.flatMap((/** @type {any} */ edge) => (edge.type === 'derived_from' && edge.src === id ? [edge.dst] : []))
}

/** @param {Client} client */
async function page(client) {
  const messages = /** @type {Message[]} */ (await all(client, '/memory?kind=episode'))
  messages.forEach((message) => { message.number = Number(message.metadata.doc_id) })
  const byId = new Map(messages.map((message) => [message.id, message]))
  const known = (/** @type {string[]} */ ids) => ids.flatMap((id) => byId.get(id) ?? []).sort((a, b) => a.number - b.number)
  const numbers = (/** @type {string[]} */ ids) => known(ids).map(({ number }) => `#${number}`).join(', ')
  const quoted = (/** @type {string[]} */ ids) => known(ids).map(({ number, speaker, content }) => `#${number} ${speaker}: “${content}”`).join('; ')

  const summaries = (await all(client, '/memory?kind=summary')).filter((one) => one.metadata.scope === 'day')
  const facts = await all(client, '/memory?kind=fact')
  const [preferences, patterns, collections] = [await all(client, '/memory/preferences'), await all(client, '/memory/patterns'), await all(client, '/memory/collections')]

  const lines = ['## The days', '', 'Each line of a summary is a sentence that somebody said; who is not part of it.', '']
  for (const summary of summaries) {
    const sources = known(await sourcesOf(client, summary.id))
    lines.push(`**${summary.metadata.day}** (${messages.filter((message) => message.occurred_at.startsWith(summary.metadata.day)).length} messages)`, '')
    for (const line of summary.content.split('\n')) {
      const source = sources.find((message) => message.content.includes(line))
      lines.push(`- ${line} (#${source?.number}, ${source?.speaker})`)
    }
    lines.push('')
  }
  lines.push('## Facts', '', '| who | what | | known from |', '| --- | --- | --- | --- |')
  for (const { id, triple } of facts) lines.push(`| ${triple.subject} | ${triple.negated ? 'not ' : ''}${triple.predicate} | ${triple.object} | ${quoted(await sourcesOf(client, id))} |`)
  lines.push('', '## Preferences and patterns', '')
  for (const { content, sources } of preferences) lines.push(`- ${content} ${quoted(sources)}`)
  for (const { content, kind, frequency, sources } of patterns) lines.push(`- ${content} (${kind}, ${frequency === 1 ? 'told once' : `told ${frequency} times`}) ${quoted(sources)}`)
  lines.push('', '## Clusters', '')
  for (const { id, name, topics } of collections) {
    const { body } = await client.call('GET', `/memory/collections/${id}?user_id=${USER}`)
    lines.push(`- **${name}**${topics.length > 3 ? ` (and ${topics.slice(3).join(', ')})` : ''}: ${numbers(body.members)}`)
  }
  lines.push('', '## What was said', '')
  for (const { number, occurred_at: at, speaker, content } of messages) lines.push(`${number}. ${at.slice(0, 16).replace('T', ' ')} ${speaker}: ${content}`)
  return lines.join('\n')
}

async function main() {
  const { values } = parseArgs({ options: OPTIONS })
  const [week] = dataset.parseConversations(readFileSync(values.file, 'utf8'))
  if (!week) throw new Error(`${values.file} holds no conversation`)
  const server = openServer(values)
  try {
    await server.start()
    const client = new Client(server.url, { key: values.key })
    await live(client, week)
    const head = ['# A week dreamt of', '', `Made by \`npm run bench:week\` from \`bench/week.jsonl\`, our own: ${week.docs.length} messages of ${week.speakers?.join(' and ')},`,
      'each day dreamt of when it was over, without a language model. Numbers are those of the messages, which stand at the end.', '', '']
    writeFileSync(values.out, `${head.join('\n')}${await page(client)}\n`)
    console.log(`wrote ${values.out}`)
  } finally {
    if (values.url) await new Client(server.url, { key: values.key }).removeUser(USER)
    await server.remove()
  }
}

main().catch((error) => { console.error(error instanceof Error ? error.message : error); process.exitCode = 1 })
