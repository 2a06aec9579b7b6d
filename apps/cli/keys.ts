import type { Command } from 'commander'
import { tell } from './tell'

interface Created {
  readonly name: string
  readonly role: string
  readonly user?: string
  readonly expires?: string
}

/** `reverie keys …`: tells what the server answers, as JSON. */
export function addKeys(program: Command): void {
  const keys = program.command('keys').description('create, list, rotate and revoke keys; needs ADMIN_API_KEY where the server does')
  keys.command('list').description('all of them, never their secrets').action(() => tell('GET', '/keys'))
  keys.command('create').description('a new key; its secret is told this once')
    .requiredOption('--name <name>', 'what it is for').requiredOption('--role <role>', 'admin, service (everything but administration) or user (one memory)')
    .option('--user <id>', 'whose memory, for role user').option('--expires <time>', 'when it ends, like 2027-01-01T00:00:00Z')
    .action(({ name, role, user, expires }: Created) => tell('POST', '/keys', { name, role, user_id: user, expires_at: expires }))
  keys.command('rotate <id>').description('a new secret; the old one opens nothing any more').action((id: string) => tell('POST', `/keys/${encodeURIComponent(id)}/rotate`))
  keys.command('revoke <id>').description('it opens nothing any more, and stays in the list').action((id: string) => tell('DELETE', `/keys/${encodeURIComponent(id)}`))
}
