import 'reflect-metadata'
import { loadSettings, type Settings } from '#config'
import { startFailure } from '../composition/ending'
import { maintain } from './maintain'
import { mcp } from './mcp'
import { migrate } from './migrate'

/** What can be asked for, and what each does. */
const COMMANDS: Readonly<Record<string, { readonly about: string; run(settings: Settings): Promise<void> }>> = {
  migrate: { about: 'brings the schema of the store up to date', run: migrate },
  mcp: { about: 'lends the memory to an agent, by MCP over standard input and output', run: mcp },
  maintain: { about: 'does at once what a night does for the store: months, cold memories, what an update adds, indexes, vacuum', run: maintain },
}

const USAGE = ['Usage: reverie <command>', ...Object.entries(COMMANDS).map(([name, { about }]) => `  ${name.padEnd(10)}${about}`)].join('\n')

async function main([name = '', ...more]: readonly string[]): Promise<void> {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!command || more.length > 0) {
    console.error(name === '' || command ? USAGE : `There is no command ${JSON.stringify(name)}.\n${USAGE}`)
    process.exit(2)
  }
  await command.run(loadSettings())
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(startFailure(error))
  process.exit(1)
})
