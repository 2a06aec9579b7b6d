/**
 * A process for others to kill. Arguments: 'hold' <dir> takes the directory and prints `ready`; 'write' <dir> opens the embedded
 * database there, prints `ready`, then writes note after note and prints the number of each once it is acknowledged.
 */
import { openDatabase } from '../database'
import { lockDirectory } from '../directory-lock'
import { Notes1700000000000 } from './notes.migration'

const USER = { userId: '00000000-0000-4000-8000-00000000000a' }

async function write(dataDir: string): Promise<void> {
  const { sql } = await openDatabase({ backend: 'embedded', dataDir, migrations: [Notes1700000000000] })
  console.log('ready')
  const insert = (content: string) => sql.run(USER, 'insert into note (user_id, content) values ($1, $2)', [USER.userId, content])
  const run = Date.now()
  for (let i = 0; ; i++) {
    if (i % 3 === 0) {
      await sql.transaction(USER, async () => {
        await insert(`${run}-${i}`)
        await insert(`${run}-${i} again`)
      })
    } else {
      await insert(`${run}-${i}`)
    }
    console.log(`${run}-${i}`)
  }
}

const [, , what, directory] = process.argv
if (what === 'write') {
  write(directory!).catch((error) => {
    console.error(error)
    process.exit(1)
  })
} else {
  lockDirectory(directory!)
  console.log('ready')
  setInterval(() => {}, 1000)
}
