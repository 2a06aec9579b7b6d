import { execFile } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { testServer } from '../../libs/database/testing'
import { findPrograms } from '../servers/find'
import type { FreshStore } from './fresh-store'

/** Copies of a store in a folder, as docs/backup.md makes them; nobody uses the store meanwhile. */
export class BackUp {
  private readonly copy: string

  constructor(private readonly store: FreshStore, folder: string, name = 'copy') {
    this.copy = join(folder, name)
  }

  async make(): Promise<this> {
    const { DATABASE_URL: url, DATA_DIR: data } = this.store.env
    if (url === undefined) cpSync(data!, this.copy, { recursive: true })
    else await program('pg_dump', '--format=custom', `--file=${this.copy}`, url)
    return this
  }

  async restore(): Promise<void> {
    const { DATABASE_URL: url, DATA_DIR: data } = this.store.env
    if (url === undefined) {
      rmSync(data!, { recursive: true })
      cpSync(this.copy, data!, { recursive: true })
    } else {
      // `pg_restore --clean` cannot take keys of partitions away.
      await emptied(url)
      await program('pg_restore', '--exit-on-error', '--single-transaction', `--dbname=${url}`, this.copy)
    }
  }
}

async function program(name: string, ...args: string[]): Promise<void> {
  await promisify(execFile)(join(findPrograms().postgres ?? '', name), args)
}

async function emptied(url: string): Promise<void> {
  const name = new URL(url).pathname.slice(1)
  await program('psql', '--quiet', '--command', `drop database ${name} with (force)`, '--command', `create database ${name}`, testServer()!)
}
