/**
 * Word-rich conversations out of nothing: seeded, so that the same numbers give the same text.
 * A session has a theme (who, where, what, a rare name) that its turns share, so neighbours and edges have work to do. Pure.
 *
 * @typedef {{ content: string, speaker: string, role: string, occurred_at: string, metadata: { turn: number } }} Turn
 * @typedef {{ person: string, other: string, place: string, activity: string, thing: string, rare: string, when: Date }} Theme
 * @typedef {{ name: string, theme: Theme, turns: Turn[] }} Session
 */

const list = (/** @type {string} */ text) => text.split(',').map((s) => s.trim())
const PEOPLE = list(`
  Amara, Bruno, Celia, Dmitri, Elif, Farid, Greta, Hiroshi, Ines, Jonas, Kavya, Leandro, Mireille, Nikolai, Oona, Paloma, Quentin, Rosalind, Soren,
  Tomasz, Uma, Viktor, Wanda, Ximena, Yusuf, Zadie, Anselm, Beatriz, Cormac, Delphine, Emeka, Fiona, Goran, Henrike, Ivo, Judith, Klaus, Lucinda,
  Matteo, Noor, Ottilie, Priya, Rafael, Sigrid, Teodor, Ulrike, Vasco, Willa, Yara, Zoltan`)
const PLACES = list(`
  Lisbon, the harbour market, Trondheim, the old library, Kyoto, the allotment, Montevideo, the climbing hall, Tbilisi, the night train, Ghent,
  the riverside cafe, Oaxaca, the municipal pool, Ljubljana, the flea market, Accra, the botanical garden, Porto, the school canteen, Tallinn,
  the observatory, Cartagena, the village church, Galway, the ferry terminal, Hanoi, the community theatre, Bergen, the garage, Marrakesh,
  the hospital ward, Valparaiso, the ice rink, Krakow, the bakery, Antwerp, the print shop, Dakar, the mountain hut, Bologna, the vineyard, Nairobi,
  the skate park, Aarhus, the music school, Sarajevo, the planetarium`)
const ACTIVITIES = list(`
  repairing a bicycle, baking sourdough, learning the cello, painting the kitchen, training for a half marathon, restoring a wooden boat,
  writing a grant application, planting tomatoes, photographing herons, teaching chess, sewing a quilt, translating poems, brewing cider,
  building a bookshelf, rehearsing a play, swimming lengths, studying for the licence, foraging mushrooms, tuning the piano, organising a reunion,
  coding a weather station, carving a spoon, fostering a greyhound, sorting old letters, planning a wedding, keeping bees, fixing the boiler,
  drawing maps, practising Portuguese, assembling a telescope, running a soup kitchen, climbing the north wall`)
const THINGS = list(`
  a copper kettle, the blue raincoat, a signed contract, three concert tickets, grandmother's ring, a broken compass, the spare key, a jar of saffron,
  the red notebook, a cracked phone, seven postcards, an overdue invoice, a box of slides, the wedding album, a leather satchel, two season passes,
  a folding canoe, the prescription glasses, a tax letter, the silver trophy, a paper lantern, an heirloom clock, the guest list, a vaccination card,
  a rescue kitten, the cargo bike, a vinyl record, the ceramic bowl, a hand-drawn map, the garden shears`)
const FEELINGS = list(`
  relieved, nervous, delighted, exhausted, proud, homesick, curious, furious, hopeful, embarrassed, calm, jealous, grateful, restless, amused, lonely`)
const REASONS = list(`
  the landlord raised the rent, her sister had called that morning, the forecast promised snow, the doctor insisted, nobody else volunteered,
  the grant came through, the trains were on strike, it had been postponed twice, the neighbours complained, he had promised his father,
  the old one fell apart, it was half the price, their flight got cancelled, the course was already full`)
const DETAILS = list(`
  it took almost {n} hours, we paid {n} euros for it, there were {n} people, it is {n} kilometres away, the appointment is at {n} o'clock,
  page {n} has the answer, room {n} was locked, about {n} of them were left, it is number {n} on the list, we waited {n} minutes`)
const MONTHS = list(`
  January, February, March, April, May, June, July, August, September, October, November, December`)

const TURNS = [
  '{person} spent the whole afternoon {activity} near {place}, and felt {feeling} about it.',
  'Did I tell you that {other} left {thing} at {place}? It belonged to {rare}.',
  'I think {person} started {activity} because {reason}.',
  'On {day} {month} we are meeting {other} at {place}; {detail}.',
  'Honestly I am {feeling}: {reason}, so {thing} will have to wait.',
  'What did {other} say about {rare} and {thing}?',
  '{rare} recommended {activity}, and {detail}.',
  'My favourite part of {place} was watching {other} {activity}.',
  'We argued about {thing} again; {person} wants to give it to {rare}.',
  'Please remind me to ask {person} about {activity} before {day} {month}.',
  'Last year {person} moved away from {place}, and since then {other} has been {activity} alone.',
  'The {rare} workshop was {feeling2} fun; {detail} and {person} brought {thing}.',
  'Since {reason}, {other} cannot join us at {place} on {day} {month}.',
  'I still dream of {place}. {person} and I were {feeling} there, {activity} until midnight.',
  'If {rare} calls, tell them that {thing} is with {other}; {detail}.',
  'How is {activity} going? You sounded {feeling} on the phone.',
]
const ASIDES = [
  'It reminded me of {fresh}.', 'That was the {fresh} all over again.', 'By the way, {fresh} sends regards; {detail}.', 'I read about it in the {fresh}.',
  'They call it {fresh} there.', 'Somebody called {fresh} asked for {person}.', 'The {fresh} model costs {n} euros.', 'We named it {fresh}, after {other}.',
]
const QUESTIONS = [
  'When did {person} start {activity} at {place}?',
  'What did {other} leave with {rare}?',
  'Why was {person} {activity} near {place}?',
  'Who has {thing} now, {other} or {rare}?',
  'What happened with {rare} and {thing} in {month}?',
  'What do I know about {person} and {place}?',
  'Where were {person} and {other} {activity}?',
  'Which meeting with {other} at {place} was planned for {month}?',
]
const SYLLABLES = list(`
  bra, vel, tor, min, kas, dru, lo, fen, ri, zan, qui, mar, os, tel, gur, pha, nix, wol, ber, shi, ard, ul, cam, jen`)

/** @param {number} seed mulberry32: numbers in [0, 1) */
function random(seed) {
  let a = seed >>> 0
  return () => {
    a = (a + 0x6d2b79f5) >>> 0
    let t = Math.imul(a ^ (a >>> 15), a | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** @typedef {() => number} Random */
/** @template T @param {Random} next @param {T[]} from the first ones are drawn more often, as words are @returns {T} */
const pick = (next, from) => from[Math.floor(next() ** 1.6 * from.length)]

/** @param {string} text */
const capital = (text) => text[0].toUpperCase() + text.slice(1)

/** @param {Random} next a name that hardly anybody else has */
function rareName(next) {
  return capital(Array.from({ length: 3 }, () => SYLLABLES[Math.floor(next() * SYLLABLES.length)]).join(''))
}

/** @param {string} template @param {Theme} theme @param {Random} next */
function fill(template, theme, next) {
  /** @type {Record<string, () => string>} */
  const slots = {
    person: () => theme.person,
    other: () => theme.other,
    rare: () => theme.rare,
    fresh: () => rareName(next),
    place: () => next() < 0.75 ? theme.place : pick(next, PLACES),
    activity: () => next() < 0.75 ? theme.activity : pick(next, ACTIVITIES),
    thing: () => next() < 0.75 ? theme.thing : pick(next, THINGS),
    feeling: () => pick(next, FEELINGS),
    feeling2: () => pick(next, ['surprisingly', 'mostly', 'hardly', 'enormously']),
    reason: () => pick(next, REASONS),
    detail: () => fill(pick(next, DETAILS), theme, next),
    n: () => String(2 + Math.floor(next() * 240)),
    day: () => String(1 + Math.floor(next() * 28)),
    month: () => MONTHS[theme.when.getUTCMonth()],
  }
  return template.replace(/\{(\w+)\}/g, (_, name) => slots[name]())
}

/** One to three sentences. @param {Theme} theme @param {Random} next */
function utterance(theme, next) {
  const sentence = () => capital(fill(pick(next, TURNS), theme, next))
  return [sentence(), ...(next() < 0.4 ? [sentence()] : []), ...(next() < 0.4 ? [capital(fill(pick(next, ASIDES), theme, next))] : [])].join(' ')
}

/**
 * Session number `index`; it depends on nothing but its arguments.
 * @param {{ index: number, of: number, turns: number, seed?: number, until: Date }} options sessions are spread over the twelve months before `until`
 * @returns {Session}
 */
function session({ index, of, turns, seed = 1, until }) {
  const next = random(seed * 1_000_003 + index * 7919)
  const year = 365 * 86_400_000
  const start = until.getTime() - year + Math.floor((index + next() * 0.8) / of * year)
  const person = pick(next, PEOPLE)
  const theme = {
    person, other: pick(next, PEOPLE.filter((name) => name !== person)), place: pick(next, PLACES),
    activity: pick(next, ACTIVITIES), thing: pick(next, THINGS), rare: rareName(next), when: new Date(start),
  }
  let at = start
  return {
    name: `s-${index}`,
    theme,
    turns: Array.from({ length: turns }, (_, turn) => {
      at += 20_000 + Math.floor(next() * 60_000)
      return {
        content: utterance(theme, next),
        speaker: turn % 2 ? theme.other : theme.person,
        role: turn % 2 ? 'assistant' : 'user',
        occurred_at: new Date(Math.min(at, until.getTime())).toISOString(),
        metadata: { turn },
      }
    }),
  }
}

/**
 * Distinct questions about sessions spread over the whole store; each names the session it was made of.
 * @param {Session[]} sessions @param {number} n @param {number} [seed]
 * @returns {{ text: string, session: string }[]}
 */
function questions(sessions, n, seed = 2) {
  const next = random(seed)
  /** @type {Map<string, string>} */
  const out = new Map()
  for (let tries = 0; out.size < n && tries < n * 50; tries++) {
    const { name, theme } = sessions[Math.floor(next() * sessions.length)]
    const text = fill(QUESTIONS[Math.floor(next() * QUESTIONS.length)], theme, () => 0.5 * next())
    if (!out.has(text)) out.set(text, name)
  }
  if (out.size < n) throw new Error(`${sessions.length} sessions give only ${out.size} distinct questions; ${n} were asked for`)
  return [...out].map(([text, name]) => ({ text, session: name }))
}

module.exports = { random, session, questions }
