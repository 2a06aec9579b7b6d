import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** Starts testing/child.ts and resolves once it is ready. `lines` grows with what it prints; `kill` ends it without warning. */
export async function spawnChild(what: 'hold' | 'write', directory: string): Promise<{ process: ChildProcess; lines: string[]; kill(): Promise<void> }> {
  const args = ['--conditions=reverie-source', '--require', join(__dirname, 'register-ts.cjs'), join(__dirname, 'child.ts'), what, directory]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: string[] = []
  const exited = once(child, 'exit')
  await new Promise<void>((resolve, reject) => {
    void exited.then(() => reject(new Error('the child ended')))
    createInterface(child.stdout).on('line', (line) => {
      if (line === 'ready') resolve()
      else lines.push(line)
    })
  })
  const kill = async () => {
    child.kill('SIGKILL')
    await exited
  }
  return { process: child, lines, kill }
}
