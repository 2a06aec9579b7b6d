import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { type Browser, chromium, type Locator, type Page } from 'playwright-core'
import { startServer, type TestServer } from './support/server'

const CHROMIUM = '/usr/bin/chromium'
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']

/** Why there is no browser to test with, after having tried to install Debian's own; undefined when there is one. */
function browserMissing(): string | undefined {
  if (existsSync(CHROMIUM)) return undefined
  if (process.getuid?.() !== 0) return `${CHROMIUM} is missing, and only root may install it (apt-get install chromium)`
  try {
    const quiet = { stdio: 'pipe', timeout: 600_000, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } } as const
    execFileSync('apt-get', ['update', '-qq'], quiet)
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], quiet)
  } catch (error) {
    return `${CHROMIUM} is missing and could not be installed: ${(error as Error).message}`
  }
  return existsSync(CHROMIUM) ? undefined : `${CHROMIUM} is missing after its installation`
}

const missing = browserMissing()
if (missing) console.warn(`playground tests are skipped: ${missing}`)

;(missing ? describe.skip : describe)('the playground', () => {
  let server: TestServer
  let browser: Browser
  let page: Page
  let user: string
  /** What the page must never do: throw, break its content policy, ask another host. */
  let wrongs: string[]

  beforeAll(async () => {
    server = await startServer()
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })
  beforeEach(async () => {
    user = server.user('newcomer')
    wrongs = []
    page = await browser.newPage()
    page.setDefaultTimeout(10_000)
    page.on('pageerror', (error) => wrongs.push(String(error)))
    page.on('console', (line) => /Content.Security.Policy/i.test(line.text()) && wrongs.push(line.text()))
    page.on('request', (request) => !request.url().startsWith(`${server.url}/`) && wrongs.push(`asked ${request.url()}`))
    page.on('response', (response) => new URL(response.url()).pathname.startsWith('/playground/') && !response.ok() && wrongs.push(`${response.status()} ${response.url()}`))
    await page.goto(`${server.url}/`)
    await page.getByLabel('User').fill(user)
    await page.getByLabel('User').blur()
  })
  afterEach(async () => {
    await page.close()
    expect(wrongs).toEqual([])
  })

  const press = (name: string | RegExp, within: Page | Locator = page): Promise<void> => within.getByRole('button', { name, exact: true }).click()
  const card = (text: string): Locator => page.locator('.card', { hasText: text })
  async function remember(text: string, fate = 'stored'): Promise<void> {
    await page.getByLabel('What to remember').fill(text)
    const [answer] = await Promise.all([page.waitForResponse((r) => r.url() === `${server.url}/memory` && r.request().method() === 'POST'), press('Remember')])
    expect(answer.status()).toBe(201)
    await page.locator('#remember-out code', { hasText: fate }).first().waitFor()
  }
  async function recall(question: string): Promise<void> {
    await page.getByLabel('Question').fill(question)
    await Promise.all([page.waitForResponse(`${server.url}/memory/recall`), press('Recall')])
    await page.locator('#recall-note p').first().waitFor()
  }

  it('shows the state of the server', async () => {
    const facts = page.locator('#status dd')
    await facts.first().waitFor()
    expect(await facts.first().textContent()).toMatch(/^(postgresql|embedded)$/)
    expect(await facts.last().textContent()).toMatch(/^\d+\.\d+/)
  })

  it('remembers, and says when it knew already', async () => {
    await remember('I moved to Lisbon in May')
    await remember('I moved to Lisbon in May', 'duplicate')
  })

  it('recalls with a bar of shares as long as the score', async () => {
    await remember('I moved to Lisbon in May')
    await recall('When did I move to Lisbon?')
    const found = card('I moved to Lisbon in May')
    expect(await found.count()).toBe(1)
    const widths = await Promise.all((await found.locator('.bar rect').all()).map(async (part) => parseFloat((await part.getAttribute('width'))!)))
    expect(widths).toHaveLength(9)
    const score = Number(/\d\.\d\d/.exec((await found.locator('.score').textContent())!)![0])
    expect(widths.reduce((sum, width) => sum + width, 0) / 100).toBeCloseTo(score, 1)
    expect(await found.locator('.numbers dt').allTextContents()).toEqual(['semantic', 'entity', 'situation', 'lexical', 'focus', 'graph', 'recency', 'salience', 'strength'])
  })

  it('shows what is recalled as text, never as markup', async () => {
    const hostile = '<img src=x onerror="document.title=1"> <b>Lisbon</b> is where I live now'
    await remember(hostile)
    await recall('Where do I live?')
    expect(await page.locator('.card .content').allTextContents()).toEqual([hostile])
    expect(await page.locator('.card img, .card b').count()).toBe(0)
  })

  it('corrects a memory', async () => {
    await remember('I moved to Lisbon in May')
    await recall('Lisbon')
    await press('Correct', card('Lisbon'))
    await page.getByLabel('Corrected text').fill('I moved to Porto in June')
    await press('Save')
    await card('I moved to Porto in June').getByText('Corrected').waitFor()
    await recall('Where did I move?')
    expect(await page.locator('.card .content').allTextContents()).toEqual(['I moved to Porto in June'])
  })

  it('previews what would be forgotten, forgets it, and shows the receipt', async () => {
    await remember('I moved to Lisbon in May with Marta')
    await remember('My brother bakes sourdough bread')
    await recall('Lisbon')
    await page.getByLabel('Everything that says').fill('Lisbon')
    await press('Preview')
    const match = page.locator('.candidates li', { hasText: 'I moved to Lisbon in May with Marta' })
    await match.getByText('match', { exact: true }).waitFor()
    expect((await server.api.recall({ user_id: user, q: 'Lisbon' })).results).toHaveLength(2)
    await press('Forget 1 memory for good')
    await page.locator('#forget-out').getByText('Forgotten.').waitFor()
    expect(await page.locator('#forget-out').textContent()).toMatch(/receipt [0-9a-f-]{36}.*digest [0-9a-f]+/)
    expect(await page.locator('#recall-out, #forget-out').getByText('I moved to Lisbon in May with Marta').count()).toBe(0)
    expect((await server.api.recall({ user_id: user, q: 'Lisbon' })).results.map((r) => r.content)).toEqual(['My brother bakes sourdough bread'])
    await remember('I moved to Lisbon in May with Marta', 'blocked')
  })

  it('forgets one card after asking, and shows an error of the API with its code and request', async () => {
    await remember('I moved to Lisbon in May')
    await remember('My brother bakes sourdough bread')
    await recall('Lisbon')
    await press('Forget this', card('sourdough'))
    await press('Forget for good')
    await page.locator('#recall-out').getByText('Forgotten.').waitFor()
    // Gone behind the page's back.
    const { results } = await server.api.recall({ user_id: user, q: 'Lisbon' })
    await server.api.forget({ user_id: user, ids: results.map((r) => r.id) })
    await press('Forget this', card('Lisbon'))
    await press('Forget for good')
    const error = card('Lisbon').getByRole('alert')
    await error.waitFor()
    expect(await error.textContent()).toMatch(/^not_found .+request \S+$/)
  })

  it('keeps nothing of one user on the page of the next', async () => {
    await remember('I moved to Lisbon in May')
    await recall('Lisbon')
    await page.getByLabel('User').fill(server.user('other'))
    await page.getByLabel('User').blur()
    expect(await page.locator('.card').count()).toBe(0)
    await recall('Lisbon')
    expect(await page.locator('.card').count()).toBe(0)
  })
})
