// The playground: remember, recall, forget against the API of the same server (no framework, no build).
// Whatever comes from the store is data, never markup: nodes are made by `el` alone, which only ever sets text.

/** The signals of recall, in the order in which their shares are stacked. */
const SIGNALS = {
  semantic: 'says something close in meaning',
  entity: 'is about the same people, places or things',
  situation: 'was said in a similar situation',
  lexical: 'uses the same words',
  focus: 'is in mind at this moment',
  graph: 'is connected to another memory that fits',
  recency: 'happened not long ago',
  salience: 'mattered when it was stored',
  strength: 'was recalled often',
}

/** What became of something to remember, in plain words. */
const FATES = {
  stored: 'It is remembered from now on.',
  duplicate: 'This is known already; nothing was stored twice.',
  focus_only: 'In mind for now, but not important enough to store.',
  blocked: 'This was forgotten, and may not come back.',
}

const $ = (id) => document.getElementById(id)

/** An element with properties and children; strings become text. */
function el(tag, props = {}, ...children) {
  const node = Object.assign(document.createElement(tag), props)
  node.append(...children.flat().filter((child) => child != null))
  return node
}

/** SVG takes geometry as attributes of its own: widths from data without a style attribute, as a strict policy wants it. */
function svg(tag, attributes, ...children) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag)
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value)
  node.append(...children)
  return node
}

// ---------------------------------------------------------------- the API

/** A refusal of the API: its message, and in `facts` its own `{ code, details, request_id }`. */
class Refusal extends Error {
  constructor({ message, ...facts }, options) {
    super(message, options)
    this.facts = facts
  }
}

/** One request; whatever is not an answer becomes a Refusal. */
async function api(method, path, { query, body } = {}) {
  const headers = { accept: 'application/json' }
  if (body) headers['content-type'] = 'application/json'
  if ($('key').value) headers['x-api-key'] = $('key').value
  let response
  try {
    response = await fetch(query ? `${path}?${new URLSearchParams(query)}` : path, { method, headers, body: body && JSON.stringify(body) })
  } catch (error) {
    throw new Refusal({ message: 'The server could not be asked.', details: error.message }, { cause: error })
  }
  const answer = await response.json().catch(() => undefined)
  if (response.ok && answer) return answer
  throw new Refusal(answer?.error ?? { message: 'The server gave an answer that is not of this API.', code: `HTTP ${response.status}` })
}

/** An empty user field sends no user: the server then takes the key's user, or its default. */
const asUser = () => given({ user_id: $('user').value })
const given = (fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''))

/** Grows when the user or the key changes: an answer to the one before must not be shown to the next. */
let visit = 0

/**
 * Runs one action of `owner` (a form or a card), once at a time, and shows what it yields in `out`, or why it failed.
 * The controls stay enabled meanwhile: disabling the pressed button would throw the keyboard's focus away.
 */
async function attempt(owner, out, action) {
  if (owner.ariaBusy === 'true') return
  const mine = visit
  owner.ariaBusy = 'true'
  let shown
  try {
    shown = await action(() => mine === visit)
  } catch (error) {
    shown = [errorBox(error)]
  }
  owner.ariaBusy = null
  if (mine === visit && shown) out.replaceChildren(...shown)
}

function errorBox({ message, facts = {} }) {
  const { code, request_id: requestId, details } = facts
  return el('div', { className: 'box bad', role: 'alert' },
    el('p', {}, code && el('code', { className: 'code', textContent: code }), code && ' ', message),
    code === 'unauthenticated' ? el('p', { textContent: 'Enter an API key at the top of the page.' }) : null,
    details === undefined ? null : el('p', { className: 'fine', textContent: typeof details === 'string' ? details : JSON.stringify(details) }),
    requestId ? el('p', { className: 'fine' }, 'request ', el('code', { textContent: requestId })) : null)
}

// ---------------------------------------------------------------- small pieces

const share = (value, digits = 2) => (typeof value === 'number' ? value.toFixed(digits) : '–')
const many = (count, one, more) => `${count} ${count === 1 ? one : more}`
const button = (textContent, onclick, className = '') => el('button', { type: 'button', textContent, onclick, className })

/** A few words of a memory, marked with its id (if it is one) so that they go when it is forgotten. */
function quote(text, id) {
  const node = el('q', { dir: 'auto', textContent: text.length > 90 ? `${text.slice(0, 90)}…` : text })
  if (id) node.dataset.id = id
  return node
}

function when(iso) {
  const date = new Date(iso)
  return el('time', { dateTime: iso, textContent: Number.isNaN(date.getTime()) ? iso : date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' }) })
}

function degradedNote(parts = []) {
  if (parts.length === 0) return null
  return el('p', { className: 'box warn' }, el('strong', { textContent: 'Degraded. ' }), `Answered without: ${parts.join(', ')}.`)
}

const pairs = (className, entries) => el('dl', { className }, entries.map(([term, value]) => el('div', {}, el('dt', { textContent: term }), el('dd', {}, value))))

// ---------------------------------------------------------------- status

async function status() {
  const answer = await api('GET', '/memory/status', { query: asUser() })
  const facts = { backend: answer.backend, traces: answer.counts?.traces, model: answer.embedding?.model, version: answer.version }
  return [pairs('facts', Object.entries(facts).map(([name, value]) => [name, value == null ? '–' : value.toLocaleString()]))]
}
const showStatus = () => attempt($('status'), $('status'), status)

// ---------------------------------------------------------------- remember

async function remember() {
  const importance = $('importance').value
  const body = {
    ...asUser(), content: $('content').value, role: 'user',
    ...given({ speaker: $('speaker').value, session_id: $('session').value, importance: importance === '' ? '' : Number(importance) }),
  }
  const { results, degraded } = await api('POST', '/memory', { body })
  void showStatus()
  return [...results.map(fate), degradedNote(degraded)].filter(Boolean)
}

function fate({ id, status: name, salience, reason, duplicate_of: first, suggested = [] }) {
  const suggestions = suggested.map((other) => el('li', {}, quote(other.content, other.id), ` ${other.type} ${share(other.score)}`))
  return el('div', { className: `box ${name === 'stored' ? 'good' : 'warn'}` },
    el('p', {}, el('code', { className: 'code', textContent: name }), ` ${FATES[name] ?? ''}`),
    reason ? el('p', { textContent: reason }) : null,
    suggestions.length > 0 ? [el('p', { className: 'fine', textContent: 'It may belong with:' }), el('ul', { className: 'fine' }, suggestions)] : null,
    el('p', { className: 'fine' }, `salience ${share(salience)}`, first ?? id ? [' · ', el('code', { textContent: first ?? id })] : null))
}

// ---------------------------------------------------------------- recall

async function recall(current) {
  const body = { ...asUser(), q: $('question').value, k: Number($('k').value), explain: $('explain').checked, reinforce: false }
  const { results, took_ms: took, degraded, basis, held_back: heldBack = [] } = await api('POST', '/memory/recall', { body })
  if (!current()) return undefined
  const known = new Map(results.map((memory) => [memory.id, memory.content]))
  $('recall-out').replaceChildren(...results.map((memory) => el('li', {}, card(memory, known))))
  const summary = results.length === 0 ? 'Nothing is remembered yet.' : many(results.length, 'memory', 'memories')
  return [
    el('p', { className: 'fine', textContent: `${summary}${took === undefined ? '' : ` · ${took.toFixed(1)} ms`}` }),
    degradedNote(degraded),
    basis ? el('p', { className: 'fine', textContent: `Nothing in it to search by: ordered by ${basis.join(', ')}` }) : null,
    heldBack.length > 0 ? el('p', { className: 'fine', textContent: `Held back: ${heldBack.map(({ reason }) => reason).join(', ')}` }) : null,
  ].filter(Boolean)
}

/** One recalled memory. `known` gives the other results' words, so that an edge names them instead of their ids. */
function card(memory, known, note) {
  const { id, content, score, scores, edges = [], tier, kind, speaker, role, occurred_at: occurred, created_at: created } = memory
  const panel = el('div', { className: 'panel', ariaLive: 'polite' })
  const node = el('article', { className: 'card', tabIndex: -1 })
  node.dataset.id = id
  node.append(
    el('header', {},
      score === undefined ? '' : el('span', { className: 'score', title: 'score, 0 to 1' }, el('span', { className: 'unseen', textContent: 'Score ' }), share(score)),
      el('p', { className: 'fine' },
        tier ? [el('span', { className: 'tag', textContent: tier, title: 'the tier that it came from' }), ' '] : null, [kind, speaker ?? role].filter(Boolean).join(' · '), ' · ',
        occurred ? when(occurred) : created ? ['stored ', when(created)] : 'no date')),
    el('p', { className: 'content', dir: 'auto', textContent: content }))
  if (note) node.append(note)
  if (scores) node.append(shares(scores, score))
  if (edges.length > 0) node.append(walk(id, edges, known))
  node.append(el('footer', {},
    button('Correct', () => panel.replaceChildren(...correction(memory, node, panel, known)), 'quiet'),
    button('Forget this', () => panel.replaceChildren(...confirmation(memory, node, panel)), 'quiet')), panel)
  return node
}

/** The bar is as long as the score, on a track of 1; each part is a signal's share, and the list below gives the numbers. */
function shares(scores, score) {
  let x = 0
  const parts = Object.keys(SIGNALS).map((signal) => {
    const width = Math.max(0, scores[signal] ?? 0) * 100
    const part = svg('rect', { class: `signal-${signal}`, x: `${x}%`, width: `${width}%`, height: '100%' }, svg('title', {}, `${signal} ${share(scores[signal], 3)}`))
    x += width
    return part
  })
  const bar = svg('svg', { class: 'bar', role: 'img', 'aria-label': `Shares of the score ${share(score)}, listed below` }, ...parts)
  const numbers = Object.keys(SIGNALS).map((signal) => el('div', { className: scores[signal] > 0 ? '' : 'none' },
    el('dt', {}, swatch(signal), signal), el('dd', { textContent: share(scores[signal], 3) })))
  return el('div', { className: 'explained' }, bar, el('dl', { className: 'numbers' }, numbers))
}

const swatch = (signal) => svg('svg', { class: 'swatch', 'aria-hidden': 'true' }, svg('rect', { class: `signal-${signal}`, width: '100%', height: '100%' }))

function walk(id, edges, known) {
  const end = (other) => (other === id ? el('em', { textContent: 'this' }) : known.has(other) ? quote(known.get(other), other) : el('code', { title: other, textContent: other.slice(0, 8) }))
  return el('details', {}, el('summary', { textContent: `${many(edges.length, 'edge', 'edges')} led here` }),
    el('ul', { className: 'fine edges' }, edges.map(({ src, dst, type, weight }) => el('li', {}, end(src), ` — ${type} ${share(weight)} → `, end(dst)))))
}

function correction({ id, content }, node, panel, known) {
  const text = el('textarea', { value: content, rows: 3, dir: 'auto', ariaLabel: 'Corrected text', required: true })
  const form = el('form', { method: 'post' }, text, el('div', { className: 'actions' },
    el('button', { className: 'primary', textContent: 'Save' }), button('Cancel', () => panel.replaceChildren())))
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void attempt(node, panel, async (current) => {
      const successor = await api('PATCH', `/memory/${encodeURIComponent(id)}`, { body: { ...asUser(), content: text.value } })
      if (!current()) return
      const note = el('p', { className: 'box good', role: 'status', textContent: 'Corrected: this takes the place of the older wording. Recall again for its score.' })
      const next = card(successor, known, note)
      node.replaceWith(next)
      next.focus()
    })
  })
  // After the panel is in the page.
  window.queueMicrotask(() => text.focus())
  return [form]
}

// ---------------------------------------------------------------- forget

/** Asks once before one memory goes; used by the cards and by the similar ones of a preview. */
function confirmation({ id }, node, panel) {
  const go = button('Forget for good', () => attempt(node, panel, async (current) => {
    const answer = await api('POST', '/memory/forget', { body: { ...asUser(), id } })
    if (!current()) return
    const gone = el('div', { tabIndex: -1 }, receipt(answer))
    node.replaceWith(gone)
    gone.focus()
    blank(answer.ids)
    void showStatus()
  }), 'danger')
  window.queueMicrotask(() => go.focus())
  return [el('p', { textContent: 'This is erased in every tier, with what was derived from it alone. There is no way back.' }),
    el('div', { className: 'actions' }, go, button('Keep it', () => panel.replaceChildren()))]
}

async function preview() {
  const about = $('about').value
  const user = asUser()
  const { count, candidates, preview_token: token } = await api('POST', '/memory/forget', { body: { ...user, query: about, dry_run: true } })
  const out = el('div', {})
  const apply = button(`Forget ${many(count, 'memory', 'memories')} for good`, () => attempt($('forget-form'), $('forget-out'), async (current) => {
    const answer = await api('POST', '/memory/forget', { body: { ...user, preview_token: token } })
    if (!current()) return undefined
    blank(answer.ids)
    void showStatus()
    return [receipt(answer)]
  }), 'danger')
  const going = candidates.filter(({ because }) => because !== 'similar')
  const similar = candidates.filter(({ because }) => because === 'similar')
  out.append(
    el('p', {}, count === 0 ? 'No memory has all the words of ' : `${many(count, 'memory', 'memories')} would go for `, quote(about)),
    el('ul', { className: 'candidates' }, going.map(candidate)),
    count === 0 ? '' : el('div', { className: 'actions' }, apply, button('Keep everything', () => $('forget-out').replaceChildren())),
    ...(similar.length === 0 ? [] : [
      el('p', { className: 'fine aside', textContent: 'Similar, and left alone unless you name them:' }), el('ul', { className: 'candidates' }, similar.map(candidate)),
    ]))
  return [out]
}

function candidate({ id, content, kind, score, because }) {
  const panel = el('div', { className: 'panel' })
  const node = el('li', { tabIndex: -1 },
    el('p', { className: 'content', dir: 'auto', textContent: content }),
    el('p', { className: 'fine' }, el('span', { className: `tag ${because}`, textContent: because }), ` ${kind}${score === undefined ? '' : ` · ${share(score)}`}`))
  node.dataset.id = id
  if (because === 'similar') node.append(button('Forget this too', () => panel.replaceChildren(...confirmation({ id }, node, panel)), 'quiet'), panel)
  return node
}

function receipt({ forgotten, tombstones = [], receipt: { id, at, digest, purged } }) {
  const counts = Object.entries(forgotten).map(([name, value]) => [name, String(value)])
  return el('div', { className: 'box good' },
    el('p', {}, el('strong', { textContent: forgotten.traces === 0 ? 'There was nothing to forget.' : 'Forgotten.' })),
    pairs('facts', [...counts, ['tombstones', String(tombstones.length)]]),
    el('p', { className: 'fine' }, 'receipt ', el('code', { textContent: id }), ' · ', when(at)),
    el('p', { className: 'fine' }, 'digest ', el('code', { textContent: digest })),
    purged === false ? el('p', { className: 'fine', textContent: 'Not yet purged: the nightly maintenance rewrites pages and logs, too.' }) : null)
}

/** What is gone must not go on being shown: not as a card, nor quoted by an edge, a suggestion or an older preview. */
function blank(ids = []) {
  for (const node of document.querySelectorAll('[data-id]')) {
    if (!ids.includes(node.dataset.id)) continue
    node.replaceChildren('forgotten')
    node.classList.add('gone')
  }
}

// ---------------------------------------------------------------- the page

function onSubmit(name, action) {
  const form = $(`${name}-form`)
  const out = $(`${name}-note`) ?? $(`${name}-out`)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void attempt(form, out, action)
  })
}

/** Another user or key: nothing of the one before stays on the page. */
function someoneElse() {
  visit += 1
  for (const id of ['remember-out', 'recall-note', 'recall-out', 'forget-out', 'status']) $(id).replaceChildren()
  for (const id of ['remember-form', 'recall-form', 'forget-form', 'status']) $(id).ariaBusy = null
  void showStatus()
}

$('signals').append(...Object.entries(SIGNALS).map(([signal, meaning]) => el('div', {}, el('dt', {}, swatch(signal), signal), el('dd', { textContent: meaning }))))
onSubmit('remember', remember)
onSubmit('recall', recall)
onSubmit('forget', preview)
$('content').addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) $('remember-form').requestSubmit()
})
for (const id of ['user', 'key']) $(id).addEventListener('change', someoneElse)
void showStatus()
