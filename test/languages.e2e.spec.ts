import { MIXED, QUESTIONS, SIGNS } from '../libs/language/testing'
import { startServer, type TestServer } from './support/server'

describe('recall by words alone', () => {
  let server: TestServer
  let user: string
  beforeAll(async () => {
    server = await startServer()
    server.embedder.always('error-500')
    user = server.user()
    const texts = [...Object.values(QUESTIONS).flat(), ...MIXED].map(([, text]) => text)
    await server.api.remember({ user_id: user, wait: false, messages: texts.map((content) => ({ content })) })
  })
  afterAll(() => server?.close())

  const first = async (of: string, q: string): Promise<string | undefined> => (await server.api.recall({ user_id: of, q, k: 1 })).results[0]?.content

  it.each([...Object.keys(QUESTIONS), 'mixed'])('finds what a question in it is about among texts in all languages: %s', async (language) => {
    const pairs = language === 'mixed' ? MIXED : QUESTIONS[language]!
    const found = []
    for (const [question] of pairs) found.push([question, await first(user, question)])
    expect(found).toEqual(pairs)
  })

  it('finds numbers, dates and addresses above what shares pieces of them', async () => {
    for (const [question, text, others] of SIGNS) {
      const other = server.user()
      await server.api.remember({ user_id: other, wait: false, messages: [...others, text].map((content) => ({ content })) })
      expect([question, await first(other, question)]).toEqual([question, text])
    }
  })
})
