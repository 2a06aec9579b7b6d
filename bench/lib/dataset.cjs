/**
 * From an evaluation file to requests, and from answers back to documents. Pure.
 *
 * @typedef {{ id: string, text: string, speaker?: string, date?: string, session?: string | number, caption?: string }} Doc
 * @typedef {{ id: string, text: string, category: string, gold: string[] }} Query
 * @typedef {{ id: string, speakers?: string[], docs: Doc[], queries: Query[] }} Conversation
 * @typedef {{ content: string, speaker?: string, role?: string, occurred_at?: string, metadata: { doc_id: string } }} Message
 * @typedef {{ session_id?: string, messages: Message[], docs: Doc[] }} Batch
 * @typedef {{ id: string | null, status: string, duplicate_of?: string | null, reason?: string }} Remembered
 */
const { stamp } = require('./dates.cjs')

const ROLES = new Set(['user', 'assistant'])

/**
 * JSON lines to conversations; ids become strings.
 * @param {string} text
 * @returns {Conversation[]}
 */
function parseConversations(text) {
  return text.split('\n').filter((line) => line.trim()).map((line) => {
    const row = JSON.parse(line)
    return {
      ...row,
      id: String(row.id),
      docs: row.docs.map((/** @type {Doc} */ doc) => ({ ...doc, id: String(doc.id) })),
      queries: row.queries.map((/** @type {Query} */ query) => ({ ...query, gold: (query.gold ?? []).map(String) })),
    }
  })
}

/**
 * @param {Doc} doc
 * @param {boolean} captions append what a shared photo shows
 */
function contentOf(doc, captions) {
  return captions && doc.caption ? `${doc.text} [shared a photo: ${doc.caption}]` : doc.text
}

/** @param {Doc} doc */
function sessionOf(doc) {
  return doc.session === undefined || doc.session === null || doc.session === '' ? undefined : `session-${doc.session}`
}

/**
 * Messages in order, cut where the session changes (a request names one session), at `size` messages and at `bytes` of text.
 * @param {Conversation} conversation
 * @param {{ captions?: boolean, size?: number, bytes?: number }} [options]
 * @returns {Batch[]}
 */
function batches(conversation, { captions = true, size = 200, bytes = 8 * 1024 * 1024 } = {}) {
  const when = stamp(conversation.docs.map((doc) => doc.date))
  /** @type {Batch[]} */
  const out = []
  let weight = 0
  conversation.docs.forEach((doc, at) => {
    const content = contentOf(doc, captions)
    const session = sessionOf(doc)
    let batch = out[out.length - 1]
    weight += Buffer.byteLength(content) + 1024
    if (!batch || batch.session_id !== session || batch.messages.length >= size || weight > bytes) {
      out.push(batch = { session_id: session, messages: [], docs: [] })
      weight = Buffer.byteLength(content) + 1024
    }
    const role = doc.speaker?.toLowerCase()
    batch.docs.push(doc)
    batch.messages.push({
      content,
      ...(doc.speaker ? { speaker: doc.speaker } : {}),
      ...(role && ROLES.has(role) ? { role } : {}),
      ...(when[at] ? { occurred_at: when[at] } : {}),
      metadata: { doc_id: doc.id },
    })
  })
  return out
}

/** Which trace holds which document. Two documents of one trace (a duplicate) are one thing to find. */
class Ledger {
  constructor() {
    /** @type {Map<string, string>} document → trace */
    this.trace = new Map()
    /** @type {Map<string, Doc>} trace → its first document */
    this.doc = new Map()
    /** @type {Record<string, number>} how many messages were answered with which status */
    this.statuses = {}
  }

  /**
   * @param {Doc[]} docs
   * @param {Remembered[]} results one for each, in order
   */
  add(docs, results) {
    if (results.length !== docs.length) throw new Error(`${docs.length} messages were sent and ${results.length} results came back`)
    docs.forEach((doc, at) => {
      const result = results[at]
      this.statuses[result.status] = (this.statuses[result.status] ?? 0) + 1
      const trace = result.status === 'duplicate' ? result.duplicate_of ?? result.id : result.id
      if (!trace) return
      this.trace.set(doc.id, trace)
      if (!this.doc.has(trace)) this.doc.set(trace, doc)
    })
  }

  /**
   * What must be found: traces; a document without one stays in the set and cannot be found.
   * @param {string[]} docs
   */
  gold(docs) {
    return new Set(docs.map((id) => this.trace.get(id) ?? `absent:${id}`))
  }

  /** @param {string[]} docs the sessions of these documents, by their own label */
  goldSessions(docs, /** @type {Conversation} */ conversation) {
    const wanted = new Set(docs)
    return new Set(conversation.docs.filter((doc) => wanted.has(doc.id)).map((doc) => sessionOf(doc) ?? ''))
  }

  /**
   * Distinct sessions in the order in which their first turn was returned.
   * @param {string[]} traces
   */
  sessions(traces) {
    return [...new Set(traces.flatMap((id) => { const doc = this.doc.get(id); return doc ? [sessionOf(doc) ?? ''] : [] }))]
  }
}

module.exports = { parseConversations, batches, contentOf, sessionOf, Ledger }
