import { execFile, fork, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { EmbeddingUnavailable } from './embedder'

/** What the model can read of one text at most. */
export const MAX_PIECES = 128
/** Length of the model's vectors. */
export const USE_LITE_DIM = 512

/** Time to load the model, and to write it when it is missing; both take under a second on a common machine. */
const START_MS = 60_000

/** What the worker answers; see use-lite.worker.cjs. */
interface Answer {
  ready?: true
  vectors?: Float32Array
  error?: string
}

/**
 * The model in its own process (why: see use-lite.worker.cjs). Starts at the first use; after a crash or a run over the
 * time limit it starts anew at the next. Runs must not overlap. While it is idle it keeps nobody from exiting.
 */
export class UseLiteSession {
  private starting: Promise<ChildProcess> | undefined
  private current: ChildProcess | undefined
  private closed = false

  constructor(private readonly modelPath: string, private readonly timeoutMs: number) {}

  /** Loads the model now. @throws EmbeddingUnavailable */
  async ready(): Promise<void> {
    await this.worker()
  }

  /**
   * Vectors of a batch of texts given as pieces (1 to 128 each), one after the other in one array.
   * @throws EmbeddingUnavailable when the model cannot be loaded, crashes or exceeds the time limit
   */
  async run(texts: readonly (readonly number[])[]): Promise<Float32Array> {
    const worker = await this.worker()
    const pieces = Math.max(...texts.map((text) => text.length))
    const ids = new Int32Array(texts.length * pieces)
    const mask = new Float32Array(texts.length * pieces)
    texts.forEach((text, row) => {
      ids.set(text, row * pieces)
      mask.fill(1, row * pieces, row * pieces + text.length)
    })
    hold(worker)
    try {
      const answer = this.answer(worker, this.timeoutMs)
      worker.send({ ids, mask, batch: texts.length, pieces })
      return (await answer).vectors!
    } finally {
      release(worker)
    }
  }

  /** Ends the process; a run that is under way fails. */
  async close(): Promise<void> {
    this.closed = true
    const worker = await this.starting?.catch(() => undefined)
    if (!worker || worker.exitCode !== null || worker.signalCode !== null) return
    hold(worker)
    await new Promise((done) => {
      worker.once('exit', done)
      worker.kill('SIGKILL')
    })
  }

  private async worker(): Promise<ChildProcess> {
    if (this.closed) throw new EmbeddingUnavailable('the local embedder is closed')
    if (!this.starting) {
      const starting = this.start()
      this.starting = starting
      starting.catch(() => {
        if (this.starting === starting) this.starting = undefined
      })
    }
    return await this.starting
  }

  private async start(): Promise<ChildProcess> {
    await provideModel(this.modelPath)
    const worker = fork(join(__dirname, 'use-lite.worker.cjs'), [this.modelPath], {
      serialization: 'advanced', // typed arrays as they are
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: [],
    })
    // Kept for the worker's whole life: without a listener an 'error' between two runs would end this process.
    worker.on('error', () => this.forget(worker)).on('exit', () => this.forget(worker))
    try {
      await this.answer(worker, START_MS)
    } catch (error) {
      worker.kill('SIGKILL')
      throw error
    }
    this.current = worker
    release(worker)
    return worker
  }

  private forget(worker: ChildProcess): void {
    if (this.current === worker) this.current = this.starting = undefined
  }

  /** The worker's next message; ends the worker when it is late. */
  private answer(worker: ChildProcess, timeoutMs: number): Promise<Answer> {
    return new Promise((done, fail) => {
      const refuse = (why: string) => settle(() => fail(new EmbeddingUnavailable(`the local model ${why}`)))
      const onMessage = (message: unknown) => {
        const answer = message as Answer
        if (answer.error === undefined) settle(() => done(answer))
        else refuse(`failed: ${answer.error}`)
      }
      const onError = (error: Error) => refuse(`crashed: ${error.message}`)
      const onExit = (code: number | null, signal: string | null) => refuse(`stopped (${signal ?? code})`)
      const timer = setTimeout(() => {
        this.forget(worker)
        worker.kill('SIGKILL')
        refuse(`did not answer within ${timeoutMs} ms`)
      }, timeoutMs)
      const settle = (how: () => void) => {
        clearTimeout(timer)
        worker.off('message', onMessage).off('error', onError).off('exit', onExit)
        how()
      }
      worker.on('message', onMessage).on('error', onError).on('exit', onExit)
    })
  }
}

/** Keeps this process from exiting while the worker has something to do for it. */
function hold(worker: ChildProcess): void {
  worker.ref()
  worker.channel?.ref()
}

function release(worker: ChildProcess): void {
  worker.unref()
  worker.channel?.unref()
}

/** The root of the repository, from the sources as well as from dist. */
function repositoryRoot(): string {
  const up = resolve(__dirname, '..', '..')
  return basename(up) === 'dist' ? resolve(up, '..') : up
}

/** Where `npm run build` leaves the model. */
export function defaultModelPath(): string {
  return join(repositoryRoot(), 'dist', 'models', 'use-lite.onnx')
}

/** Writes the model file unless it is there. In another process, because it takes half a second of work. */
async function provideModel(path: string): Promise<void> {
  if (existsSync(path)) return
  const script = join(repositoryRoot(), 'scripts', 'build-model.mjs')
  try {
    await promisify(execFile)(process.execPath, [script, path], { timeout: START_MS })
  } catch (cause) {
    throw new EmbeddingUnavailable(`the local model is not at ${path} and could not be built there`, { cause })
  }
}
