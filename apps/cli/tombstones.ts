import type { Command } from 'commander'
import { queryOf } from './query'
import { tell } from './tell'

/** `reverie tombstones …`: what is kept from coming back. */
export function addTombstones(program: Command, whose: string): void {
  const tombstones = program.command('tombstones').description('list and lift what keeps the forgotten away; needs ADMIN_API_KEY where the server does')
  tombstones.command('list', { isDefault: true }).description('the newest first, a page at a time; never what was forgotten')
    .option('--user <id>', whose).option('--cursor <cursor>', 'next_cursor of the page before')
    .action(({ user, cursor }: { user?: string; cursor?: string }) => tell('GET', `/tombstones${queryOf({ user_id: user, cursor })}`))
  tombstones.command('lift <id>').description('what it kept away may come back')
    .option('--user <id>', whose).action((id: string, { user }: { user?: string }) => tell('DELETE', `/tombstones/${encodeURIComponent(id)}${queryOf({ user_id: user })}`))
}
