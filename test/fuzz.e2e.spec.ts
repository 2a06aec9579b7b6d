import { fuzz } from './fuzz/fuzz'
import { OPERATIONS } from './fuzz/requests'
import { startServer, type TestServer } from './support/server'

/** `npm run prove:fuzz` asks for longer; FUZZ_SEED asks the same again. */
const RUNS = Number(process.env.FUZZ_RUNS ?? OPERATIONS.length)
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000_000)

describe('the API, asked what its own document says it may be asked, and nearly that', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer({ LLM_ALLOWED_HOSTS: 'localhost:1', LLM_BASE_URL: 'http://localhost:1/v1', LLM_MODEL: 'nobody' })
  })
  afterAll(() => server?.close())

  it(`never fails, refuses in one shape, and writes nothing by halves (FUZZ_SEED=${SEED})`, async () => {
    const { answers, faults } = await fuzz(server, RUNS, SEED)
    if (process.env.FUZZ_RUNS) console.log(JSON.stringify({ runs: RUNS, seed: SEED, answers }))
    expect(faults).toEqual([])
    expect(Object.keys(answers).length).toBeGreaterThan(2)
  }, 3_600_000)
})
