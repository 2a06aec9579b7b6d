import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const MIB = 1 << 20

/** A disk of so many MiB that can be given more, and made read-only. In memory (tmpfs); mounting takes root. */
export class SmallDisk {
  private constructor(readonly folder: string) {}

  static mount(mib: number): SmallDisk {
    const folder = mkdtempSync(join(tmpdir(), 'reverie-disk-'))
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mib}m`, 'tmpfs', folder], { stdio: 'pipe' })
    return new SmallDisk(folder)
  }

  get freeMib(): number {
    const { bavail, bsize } = statfsSync(this.folder)
    return Math.floor((bavail * bsize) / MIB)
  }

  resize(mib: number): void {
    this.remount(`size=${mib}m`)
  }

  setReadOnly(): void {
    this.remount('ro')
  }

  remove(): void {
    execFileSync('umount', ['--lazy', this.folder], { stdio: 'pipe' })
    rmSync(this.folder, { recursive: true, force: true })
  }

  private remount(options: string): void {
    execFileSync('mount', ['-o', `remount,${options}`, this.folder], { stdio: 'pipe' })
  }
}
