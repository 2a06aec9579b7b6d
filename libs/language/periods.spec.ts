import { periods } from './periods'

const REFERENCE = new Date('2024-06-12T10:00:00Z')
/** As local days, the last one inclusive. */
function days(text: string, zone = 'UTC', reference = REFERENCE): string[] {
  const day = (at: Date): string => new Intl.DateTimeFormat('sv', { timeZone: zone }).format(at)
  return periods(text, reference, zone).map(({ from, until }) => `${day(from)}..${day(new Date(until.getTime() - 1))}`)
}

describe('periods', () => {
  it.each([
    ['What did we do yesterday?', '2024-06-11..2024-06-11'],
    ['Who called two weeks ago?', '2024-05-29..2024-05-29'],
    ['Where did Ana go last May?', '2024-05-01..2024-05-31'],
    ['What did I read last August?', '2023-08-01..2023-08-31'],
    ['Which films did we see three months ago?', '2024-03-01..2024-03-31'],
    ['What happened last year?', '2023-01-01..2023-12-31'],
    ['What was planned in 2022?', '2022-01-01..2022-12-31'],
    ['What did Tom bake on 3 June, 2023?', '2023-06-03..2023-06-03'],
    ['What did Olga sell in December 2023?', '2023-12-01..2023-12-31'],
    ['Whom did I meet on Sunday?', '2024-06-09..2024-06-09'],
    ['What did we do from May 3 to May 5, 2023?', '2023-05-03..2023-05-05'],
    ['Was war gestern?', '2024-06-11..2024-06-11'],
    ['Wen habe ich vor zwei Wochen getroffen?', '2024-05-29..2024-05-29'],
    ["Qu'avons-nous fait la semaine dernière ?", '2024-06-05..2024-06-05'],
    ['¿Qué hicimos ayer?', '2024-06-11..2024-06-11'],
    ['O que fizemos ontem?', '2024-06-11..2024-06-11'],
    ["Che cosa abbiamo fatto l'anno scorso?", '2023-01-01..2023-12-31'],
    ['Wat hebben we vorige maand gedaan?', '2024-05-01..2024-05-31'],
    ['Что мы делали в прошлом году?', '2023-01-01..2023-12-31'],
  ])('reads "%s" as %s', (text, day) => expect(days(text)).toEqual([day]))

  it.each([
    'What did Ana paint?', 'Where is my key now?', 'What will we do next week?', 'May I have the recipe?', 'What shall we do in the evening?', 'Who marched with us?', '', '???',
  ])('finds no past time in "%s"', (text) => expect(days(text)).toEqual([]))

  it('takes a month or day without a year for that of each of the last years', () => {
    expect(days('When did Ines go sailing in July?').slice(0, 2)).toEqual(['2023-07-01..2023-07-31', '2022-07-01..2022-07-31'])
    expect(days('Was haben wir im Mai gemacht?').slice(0, 2)).toEqual(['2024-05-01..2024-05-31', '2023-05-01..2023-05-31'])
  })

  it('means days of the user, wherever they live', () => {
    const lateEvening = new Date('2024-06-12T23:30:00Z')
    expect(days('What did we do yesterday?', 'Asia/Tokyo', lateEvening)).toEqual(['2024-06-12..2024-06-12'])
    expect(days('What did we do yesterday?', 'America/Lima', lateEvening)).toEqual(['2024-06-11..2024-06-11'])
    expect(periods('yesterday', lateEvening, 'Asia/Tokyo')[0]!.from.toISOString()).toBe('2024-06-11T15:00:00.000Z')
  })

  it('reads only so much, and keeps only so many', () => {
    expect(periods(`${'x '.repeat(600)} yesterday`, REFERENCE, 'UTC')).toEqual([])
    expect(periods('in 2001, 2002, 2003, 2004, 2005, 2006, 2007, 2008, 2009, 2010, 2011, 2012, 2013, 2014', REFERENCE, 'UTC')).toHaveLength(12)
  })
})
