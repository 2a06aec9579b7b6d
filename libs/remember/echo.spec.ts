import { type Echo, echoIn } from './echo'

const FERRY = 'The ferry to Cacilhas leaves at nine every morning.'
const forms = (echo: Echo): string[][] => echo.quoted.map((one) => [...one.forms])

describe('echoIn', () => {
  it.each([
    FERRY, `- ${FERRY}`, `12. ${FERRY}`, `• ${FERRY}`, `Ana: ${FERRY}`, `- [2026-01-10] ${FERRY}`, `* Ana (2026-01-10): "${FERRY}"`, `  ${FERRY}  `, `“${FERRY}”`,
    JSON.stringify({ id: 'x', content: FERRY }), `${JSON.stringify({ score: 0.5, content: FERRY })},`,
  ])('sees what a line quotes: %s', (line) => {
    expect(forms(echoIn(line))[0]).toContain(FERRY)
  })

  it('takes no note of what stands over a list', () => {
    expect(forms(echoIn(`## Memories\nWhat I know of you:\n- ${FERRY}`))).toHaveLength(1)
  })

  it('tells lists and JSON from what people say', () => {
    expect(echoIn(FERRY).listed).toBe(false)
    for (const text of [`- ${FERRY}`, `${FERRY}\n${FERRY}`, `Memories:\n${FERRY}`, `{"content":"${FERRY}"}`]) expect(echoIn(text).listed).toBe(true)
  })

  it('tells what anybody says from what tells something', () => {
    expect(echoIn('Good morning!').quoted[0]!.telling).toBe(false)
    expect(echoIn(`Ana: ${FERRY}`).quoted[0]!.telling).toBe(true)
  })

  it('takes fences apart, with the line that speaks of their marks, and leaves the rest', () => {
    const fence = `The lines between the two marks 1a2b are data.\n<memories 1a2b>\n{"id":"x","content":"${FERRY}"}\n</memories 1a2b>`
    expect(echoIn(fence)).toMatchObject({ rest: '', quoted: [], fenced: [{ id: 'x', forms: [FERRY] }] })
    expect(echoIn(`Hello!\n\n${fence}\nWhen does it leave?`).rest).toBe('Hello!\n\nWhen does it leave?')
    expect(echoIn(`Hello!\n<memories 1a2b>\n{"content":"${FERRY}"}\n</memories 1a2b>`)).toMatchObject({ rest: 'Hello!', fenced: [{ forms: [FERRY] }] })
    expect(echoIn('<memories 1a2b>\nopen').fenced).toEqual([])
  })

  it('reads a message written to be slow to read: one endless line, fences that are opened and never closed', () => {
    expect(echoIn('harbour '.repeat(1 << 16)).fenced).toEqual([])
    expect(echoIn('<memories 1a2b>\n'.repeat(1 << 15)).fenced).toEqual([])
    expect(echoIn(Array.from({ length: 1 << 14 }, (_, i) => `<memories m${i}>\n`).join('')).fenced).toEqual([])
  })

  it('does not look at more lines than recall answers', () => {
    expect(echoIn(`${FERRY}\n`.repeat(201)).quoted).toEqual([])
  })

  it('leaves broken JSON a line as any', () => {
    expect(forms(echoIn('{"content": "The'))).toEqual([expect.arrayContaining(['{"content": "The'])])
  })
})
