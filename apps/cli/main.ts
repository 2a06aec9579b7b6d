import 'reflect-metadata'
import { Command } from 'commander'
import { loadSettings } from '#config'
import { startFailure } from '../composition/ending'
import { Refusal } from '../api/mcp/memory-api'
import { addKeys } from './keys'
import { maintain } from './maintain'
import { mcp } from './mcp'
import { migrate } from './migrate'
import { purge } from './purge'
import { addReceipts } from './receipts'
import { addTombstones } from './tombstones'
import { exportMemory, importMemory } from './transfer'

const WHOSE = 'whose memory; default: the single user'

const program = new Command('reverie').description('Memory of agents and companions. Settings come from the environment and .env.')
  .showHelpAfterError().exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))

program.command('migrate').description('bring the schema of the store up to date').action(() => migrate(loadSettings()))
program.command('mcp').description('lend the memory to an agent, by MCP over standard input and output').action(() => mcp(loadSettings()))
program.command('maintain').description('do at once what a night does for the store: months, cold memories, what an update adds, indexes, vacuum')
  .action(() => maintain(loadSettings()))
program.command('purge').description('take the bytes of what was forgotten out of pages, logs and files at once; needs ADMIN_API_KEY where the server does')
  .action(() => purge(loadSettings()))
program.command('export').description('write everything of a user to standard output, as JSON lines')
  .option('--user <id>', WHOSE).action(({ user }: { user?: string }) => exportMemory(loadSettings(), user, process.stdout))
program.command('import').description('take in an export from standard input: all of it or, when a line is at fault, nothing')
  .option('--user <id>', WHOSE).option('--dry-run', 'check everything and say what would be done')
  .action((options: { user?: string; dryRun?: boolean }) => importMemory(loadSettings(), options, process.stdin))

addKeys(program)
addReceipts(program)
addTombstones(program, WHOSE)

program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof Refusal ? error.message : startFailure(error))
  process.exit(1)
})
