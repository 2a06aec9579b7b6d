import type { Word } from './word'

type Form = 'base' | 's' | 'past' | 'participle' | 'ing'

/** Verbs that facts are read from: base, third person, past, participle, -ing. */
const FORMS: ReadonlyMap<string, readonly (readonly [string, Form])[]> = table(`
live lives lived lived living|move moves moved moved moving|relocate relocates relocated relocated relocating|work works worked worked working|
start starts started started starting|begin begins began begun beginning|stop stops stopped stopped stopping|quit quits quit quit quitting|
give gives gave given giving|leave leaves left left leaving|join joins joined joined joining|get gets got gotten getting|have has had had having|
be is was been being|love loves loved loved loving|adore adores adored adored adoring|like likes liked liked liking|enjoy enjoys enjoyed enjoyed enjoying|
hate hates hated hated hating|dislike dislikes disliked disliked disliking|detest detests detested detested detesting|despise despises despised despised despising|
stand stands stood stood standing|prefer prefers preferred preferred preferring|speak speaks spoke spoken speaking|learn learns learned learned learning|
play plays played played playing|own owns owned owned owning|buy buys bought bought buying|drive drives drove driven driving|use uses used used using|
study studies studied studied studying|graduate graduates graduated graduated graduating|major majors majored majored majoring|do does did done doing|
eat eats ate eaten eating|drink drinks drank drunk drinking|smoke smokes smoked smoked smoking|volunteer volunteers volunteered volunteered volunteering|
adopt adopts adopted adopted adopting|rescue rescues rescued rescued rescuing|turn turns turned turned turning|marry marries married married marrying|
suffer suffers suffered suffered suffering|grow grows grew grown growing|become becomes became become becoming|lose loses lost lost losing|divorce divorces divorced divorced divorcing`)
const COPULA: Readonly<Record<string, Form>> = { am: 'base', is: 's', are: 'base', was: 'past', were: 'past', been: 'participle', being: 'ing', be: 'base' }
const MODALS: ReadonlySet<string> = new Set('will would can cannot could may might must shall should ought gonna wanna'.split(' '))
const ADVERBS: ReadonlySet<string> = new Set(`also just really currently now always recently originally finally actually still already only even both all absolutely totally
definitely truly genuinely honestly deeply deathly severely highly happily officially newly mostly mainly usually often sometimes generally simply so very quite pretty too
kinda kind sort of mildly terribly incredibly extremely seriously personally proudly basically lately temporarily permanently secretly legally`.split(/\s+/))
/** With these it is not so, or not quite. */
const DOUBTS: ReadonlySet<string> = new Set('almost nearly barely hardly rarely seldom supposedly practically virtually probably possibly maybe perhaps'.split(' '))

/** What a subject does, as far as time, denial and aspect go. */
export interface Verb {
  readonly lemma: string
  /** `perfect`: until now; a progressive past is past. */
  readonly tense: 'present' | 'past' | 'perfect'
  readonly progressive: boolean
  readonly negated: boolean
  /** "no longer". */
  readonly noLonger: boolean
  readonly modal: boolean
  /** "started working", "stopped eating", "used to live". */
  readonly aspect?: 'start' | 'stop' | 'used'
  /** "has been", "have got": the words of the verb as they stand end before this. */
  readonly end: number
}

/** Reads the verb that begins at `at`; undefined when none does that facts are read from, or it is doubted. */
export function verbAt(words: readonly Word[], at: number): Verb | undefined {
  let i = at
  const seen = { negated: false, noLonger: false, modal: false, did: false, perfect: false, had: false, be: undefined as Form | undefined, aspect: undefined as Verb['aspect'] }
  for (; i < words.length && i < at + 9; i++) {
    const { lower } = words[i]!
    const next = words[i + 1]?.lower ?? ''
    if (DOUBTS.has(lower)) return undefined
    if (lower === 'not' || lower === 'never') seen.negated = true
    else if (lower === 'no' && next === 'longer') {
      seen.negated = seen.noLonger = true
      i++
    } else if (MODALS.has(lower)) {
      seen.modal = true
      if (lower === 'cannot') seen.negated = true
    } else if (lower === 'do' || lower === 'does' || lower === 'did') {
      // "I do love it", "I did not": unless nothing else follows.
      if (!helps(words, i + 1)) return verb(i, 'do', lower === 'did' ? 'past' : 'base', seen)
      if (lower === 'did') seen.did = true
    } else if (lower === 'have' || lower === 'has' || lower === 'had') {
      const kind = afterAdverbs(words, i + 1)
      if (!(kind === 'participle' || kind === 'got')) return verb(i, 'have', lower === 'had' ? 'past' : 'base', seen)
      if (kind === 'got' && lower !== 'had') return verb(i + gap(words, i + 1) + 1, 'have', 'base', seen)
      seen.perfect = true
      seen.had = lower === 'had'
    } else if (lower in COPULA) {
      if (next === 'going' && words[i + 2]?.lower === 'to') return undefined
      seen.be = COPULA[lower]!
      if (afterAdverbs(words, i + 1) !== 'ing') {
        const end = i + gap(words, i + 1)
        const between = words.slice(i + 1, end + 1).map((word) => word.lower)
        if (between.some((word) => DOUBTS.has(word))) return undefined
        if (between.includes('not') || between.includes('never') || (words[end + 1]?.lower === 'no' && words[end + 2]?.lower === 'longer')) seen.negated = true
        return verb(words[end + 1]?.lower === 'no' && seen.negated ? end + 2 : end, 'be', seen.be, seen)
      }
    } else if (lower === 'used' && next === 'to') {
      seen.aspect = 'used'
      i++
    } else if (ADVERBS.has(lower) || (words[i]!.tags.has('Adverb') && !FORMS.has(lower))) continue
    else {
      const found = formOf(lower, seen)
      if (found === undefined) return undefined
      const aspect = aspectOf(found[0], words, i)
      if (aspect === undefined) return verb(i, found[0], found[1], seen)
      seen.aspect = aspect.aspect
      // The time of "started working" is that of "started".
      return verb(aspect.at, aspect.lemma, found[1], seen)
    }
  }
  return undefined
}

type Seen = { negated: boolean; noLonger: boolean; modal: boolean; did: boolean; perfect: boolean; had: boolean; be: Form | undefined; aspect: Verb['aspect'] }

function verb(at: number, lemma: string, form: Form, seen: Seen): Verb {
  const past = seen.did || seen.had || (seen.be === 'past') || (form === 'past' && !seen.perfect)
  const tense = seen.aspect === 'used' || past ? 'past' : seen.perfect || form === 'participle' ? 'perfect' : 'present'
  return {
    lemma, tense, progressive: form === 'ing', negated: seen.negated, noLonger: seen.noLonger, modal: seen.modal, end: at + 1,
    ...(seen.aspect === undefined ? {} : { aspect: seen.aspect }),
  }
}

function formOf(lower: string, seen: Seen): readonly [string, Form] | undefined {
  const forms = FORMS.get(lower)
  if (seen.perfect) return forms?.find(([, form]) => form === 'participle') ?? forms?.find(([, form]) => form === 'ing') ?? forms?.find(([, form]) => form === 'past')
  if (seen.did || seen.modal || seen.aspect === 'used') return forms?.find(([, form]) => form === 'base')
  // "I quit": long ago, not by habit.
  return forms?.find(([, form]) => form === 'past') ?? forms?.[0]
}

/** "started working", "stopped to eat" (not so), "gave up smoking": what begins or ends. */
function aspectOf(lemma: string, words: readonly Word[], at: number): { aspect: 'start' | 'stop'; lemma: string; at: number } | undefined {
  const aspect = lemma === 'start' || lemma === 'begin' ? 'start' : lemma === 'stop' || lemma === 'quit' ? 'stop' : lemma === 'give' && words[at + 1]?.lower === 'up' ? 'stop' : undefined
  if (aspect === undefined) return undefined
  const inner = at + (lemma === 'give' ? 2 : 1) + (aspect === 'start' && words[at + 1]?.lower === 'to' ? 1 : 0)
  const form = FORMS.get(words[inner]?.lower ?? '')?.find(([, kind]) => kind === 'ing' || (kind === 'base' && words[inner - 1]!.lower === 'to'))
  return form && { aspect, lemma: form[0], at: inner }
}

function gap(words: readonly Word[], at: number): number {
  let i = at
  while (i < words.length && (ADVERBS.has(words[i]!.lower) || words[i]!.lower === 'not' || words[i]!.lower === 'never' || words[i]!.tags.has('Adverb'))) i++
  return i - at
}

/** What the next word but adverbs is: does it make a perfect, a progressive? */
function afterAdverbs(words: readonly Word[], at: number): Form | 'got' | undefined {
  const { lower, tags } = words[at + gap(words, at)] ?? { lower: '', tags: new Set<string>() }
  if (lower === 'got') return 'got'
  const forms = FORMS.get(lower)?.map(([, form]) => form) ?? []
  if (lower in COPULA && lower === 'been') return 'participle'
  if (forms.includes('ing')) return 'ing'
  if (forms.includes('participle') || (tags.has('PastTense') && !tags.has('Adjective'))) return 'participle'
  return undefined
}

function helps(words: readonly Word[], at: number): boolean {
  return FORMS.has(words[at + gap(words, at)]?.lower ?? '') || (words[at + gap(words, at)]?.tags.has('Infinitive') ?? false)
}

function table(rows: string): ReadonlyMap<string, readonly (readonly [string, Form])[]> {
  const map = new Map<string, (readonly [string, Form])[]>()
  for (const row of rows.replace(/\n/g, '').split('|')) {
    const forms = row.trim().split(' ')
    const names: readonly Form[] = ['base', 's', 'past', 'participle', 'ing']
    forms.forEach((form, i) => map.set(form, [...(map.get(form) ?? []), [forms[0]!, names[i]!] as const]))
  }
  return map
}
