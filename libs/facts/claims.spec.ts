import fc from 'fast-check'
import { claimsOf, identifies, modeOf, plain, sentenceOf } from './index'

const AT = new Date('2026-06-10T12:00:00Z')
const read = (text: string, speaker: string | undefined = 'Ana', at = AT, zone = 'UTC') => claimsOf(text, { speaker, at, zone })
const lines = (text: string, speaker?: string) => read(text, speaker).map((claim) => sentenceOf(claim.triple))
const since = (text: string, at?: Date, zone?: string) => read(text, 'Ana', at, zone)[0]?.from?.toISOString()

describe('claimsOf', () => {
  it.each([
    ['I moved to Lisbon in May.', ['Ana lives in Lisbon']],
    ['My sister Marta works at the bakery.', ["Marta is Ana's sister", 'Marta works at a bakery']],
    ['We adopted a cat called Nimbus.', ['Ana has a pet called Nimbus', 'Nimbus is a cat']],
    ['I left Google and joined a choir.', ['Ana does not work at Google', 'Ana is a member of a choir']],
    ["I don't eat meat anymore.", ['Ana does not eat meat']],
    ["I can't stand techno, but I love jazz and blues.", ['Ana dislikes techno', 'Ana likes jazz', 'Ana likes blues']],
    ['My mom lives in Coimbra and my dad lives in Braga.', ["Ana's mother lives in Coimbra", "Ana's father lives in Braga"]],
    ['I used to live in Porto.', ['Ana lived in Porto']],
    ['Priya and I live in Pune.', ['Ana lives in Pune']],
    ['My favourite tea is Earl Grey.', ["Ana's favorite tea is Earl Grey"]],
    ['I work as a nurse in Bonn, can you help me with my taxes?', ['Ana works as a nurse']],
    ['My boss, Mr. Okonkwo, is from Lagos.', ["Okonkwo is Ana's boss", 'Okonkwo is from Lagos']],
    ['I love action and sci-fi films.', ['Ana likes action and sci-fi films']],
    ['I have type 2 diabetes. I also have a nut allergy!', ['Ana has type 2 diabetes', 'Ana is allergic to nut']],
    ['I’m 34, I’ve been married for ten years', ['Ana is of age 34', 'Ana is married']],
    ['My friend who lives in Rome called.', ["Ana's friend lives in Rome"]],
    ['I gave up gambling. I quit smoking. I stopped eating sugar.', ['Ana does not have the habit of gambling', 'Ana does not have the habit of smoking', 'Ana does not eat sugar']],
    ['I got married to Luis, I got fired from Initech, and I moved out of Porto.', ['Ana is married to Luis', 'Ana does not work at Initech', 'Ana does not live in Porto']],
    ['My email is ana@example.org, my number is +351 912 345 678.', ['Ana has the email ana@example.org', 'Ana has the phone number +351 912 345 678']],
    ['I became a vegan and I became a baker.', ['Ana is vegan', 'Ana works as a baker']],
  ])('of %j', (text, expected) => {
    expect(lines(text)).toEqual(expected)
  })

  it.each([
    ['a question', 'Do I live in Lisbon?'],
    ['a supposition', 'If I moved to Rome, I work at a bank.'],
    ['a wish', 'I wish I lived in Paris.'],
    ['a possibility', 'I might move to Rome. Maybe I am allergic to nuts.'],
    ['a plan', "I'm going to move to Oslo. I want to live in Oslo. I plan to work at Acme."],
    ['what somebody says', 'She said she works at a bank. Tom thinks I live in Rome. I heard that Priya moved to Dublin.'],
    ['a quotation', 'He wrote "I live in Vienna" on the form. The letter says “I am allergic to cats”.'],
    ['a joke', 'I live in Atlantis, lol. I am 99, haha.'],
    ['what is taken back', 'I moved to Mars. Just kidding!'],
    ['a dream', 'In my dream I lived in Paris.'],
    ['what is denied or doubted', 'I almost moved to Canada. I never moved to Canada. I barely speak German.'],
    ['code and captions', '```\nI live in Rome\n``` [a photo: I live in Rome]'],
    ['what is of the moment', 'I love your hat. I love it when it rains. I am a mess. I have a headache. I am 5 minutes away.'],
    ['what comes', 'When I move to Turin, I call you. Once I live in Turin, we meet.'],
    ['another tongue', 'Ich wohne in Berlin und arbeite bei Siemens.'],
    ['nothing', ''],
  ])('reads nothing from %s', (_, text) => {
    expect(lines(text)).toEqual([])
  })

  it('speaks of the user when the speaker has no name', () => {
    expect(claimsOf('I live in Lisbon. My sister is a nurse.', { speaker: undefined, at: AT, zone: 'UTC' }).map((claim) => sentenceOf(claim.triple)))
      .toEqual(['User lives in Lisbon', "User's sister works as a nurse"])
  })

  it.each([
    ['I moved to Lisbon in May.', '2026-05-01T00:00:00.000Z'],
    ['I moved to Lisbon in November.', '2025-11-01T00:00:00.000Z'],
    ['I moved to Lisbon two years ago.', '2024-01-01T00:00:00.000Z'],
    ['I moved to Lisbon yesterday.', '2026-06-09T00:00:00.000Z'],
    ['I moved to Lisbon on Sunday.', '2026-06-07T00:00:00.000Z'],
    ['I moved to Lisbon in 2019.', '2019-01-01T00:00:00.000Z'],
    ['I moved to Lisbon on 3 March 2021.', '2021-03-03T00:00:00.000Z'],
    ['I have lived in Lisbon for ten years.', '2016-01-01T00:00:00.000Z'],
    ['I have lived in Lisbon since 2019.', '2019-01-01T00:00:00.000Z'],
    ['I live in Lisbon.', undefined],
    ['I moved to Lisbon between May and August.', undefined],
    ['I live in Lisbon until next May.', undefined],
  ])('knows from when on: %s', (text, from) => {
    expect(since(text)).toBe(from)
  })

  it.each([
    ['I live in Lisbon.', '2026-06-10T12:00:00.000Z'],
    ['I have lived in Lisbon since 2019.', '2026-06-10T12:00:00.000Z'],
    ['I moved to Lisbon.', '2026-06-10T12:00:00.000Z'],
    ['I moved to Lisbon in May.', '2026-05-31T23:59:59.999Z'],
    ['I moved to Lisbon in June.', '2026-06-10T12:00:00.000Z'],
    ['I moved to Lisbon in 2019.', '2019-12-31T23:59:59.999Z'],
  ])('knows until when it holds at least: %s', (text, holds) => {
    expect(read(text)[0]!.holds.toISOString()).toBe(holds)
  })

  it('counts time from when it was said, where the user is', () => {
    const said = new Date('2023-01-01T02:00:00Z')
    expect(since('I moved to Lisbon yesterday.', said, 'America/New_York')).toBe('2022-12-30T05:00:00.000Z')
    expect(since('I moved to Lisbon yesterday.', said, 'UTC')).toBe('2022-12-31T00:00:00.000Z')
  })

  it('is surest of what people say of themselves', () => {
    const [self] = read('I live in Bern.')
    const [we] = read('We live in Bern.')
    const [other] = read('Marta lives in Bern.')
    expect(self!.confidence).toBeGreaterThan(we!.confidence)
    expect(we!.confidence).toBeGreaterThan(other!.confidence)
  })

  it('tells a change from a state', () => {
    expect(read('I moved to Bern.')[0]!.changed).toBe(true)
    expect(read('I live in Bern.')[0]!.changed).toBe(false)
    expect(read('I no longer live in Bern.')[0]).toMatchObject({ changed: true, triple: { predicate: 'lives_in', object: 'Bern', negated: true } })
  })

  it('never throws, answers the same twice, and says something of somebody', () => {
    const unit = fc.constantFrom(
      'I ', "I'm ", 'my ', 'sister ', 'Marta ', 'live ', 'lives ', 'in ', 'Rome', ', ', '. ', 'and ', 'not ', "don't ", 'quit ', 'gave ', 'up ', 'have ', 'a ', 'dog ', 'called ',
      'favorite ', 'is ', 'born ', 'on ', '3 May ', 'allergic ', 'to ', 'no ', 'longer ', 'used ', 'who ', '34', 'for ', 'years', '\ud800', "'s ", 'love ', 'hiking ', 'was ',
      'laid ', 'off ', 'from ', '-', 'e.g. ', 'job ', 'at ', 'started ', 'never ', 'got ', 'married ')
    fc.assert(fc.property(fc.string({ unit, maxLength: 20 }), (text) => {
      const once = read(text)
      expect(read(text)).toEqual(once)
      return once.every(({ triple, confidence }) => triple.subject !== '' && triple.object.trim() !== '' && sentenceOf(triple) !== '' && confidence > 0 && confidence <= 1)
    }), { numRuns: 400 })
  })

  it('is bounded in time', () => {
    const start = performance.now()
    for (const evil of ['I ', 'I have a ', 'my sister ', 'and I ', '(', '"', "'a", 'Ana ', 'a.', '[', '`']) read(evil.repeat(20_000))
    expect(performance.now() - start).toBeLessThan(30_000)
  })
})

describe('predicates', () => {
  it('say how many objects there may be', () => {
    expect(['lives_in', 'favorite_book', 'birthday', 'likes', 'sister_of', 'lived_in'].map(modeOf)).toEqual(['one', 'one', 'fixed', 'many', 'many', 'many'])
  })

  it('bring opposites to one form', () => {
    expect(plain({ subject: 'Ana', predicate: 'dislikes', object: 'tea' })).toEqual({ subject: 'Ana', predicate: 'likes', object: 'tea', negated: true })
    expect(plain({ subject: 'Ana', predicate: 'lives_in', object: 'Rome' })).toEqual({ subject: 'Ana', predicate: 'lives_in', object: 'Rome', negated: false })
  })

  it('are read as sentences', () => {
    expect(sentenceOf({ subject: 'user', predicate: 'favorite_ice_cream', object: 'lemon', negated: true })).toBe("User's favorite ice cream is not lemon")
    expect(sentenceOf({ subject: 'Ana', predicate: 'has', object: 'two kids' })).toBe('Ana has two kids')
    expect(sentenceOf({ subject: 'Ana', predicate: 'owns', object: 'old van' })).toBe('Ana owns an old van')
    expect(sentenceOf({ subject: 'Tom', predicate: 'brother_of', object: 'Ana', negated: true })).toBe("Tom is not Ana's brother")
  })

  it('tell those who are known without a name from those who may be many', () => {
    expect(['Marta', 'user', "Ana's mother", "Ana's wife", "Ana's friend", "Ana's sister"].map(identifies)).toEqual([true, true, true, true, false, false])
  })
})
