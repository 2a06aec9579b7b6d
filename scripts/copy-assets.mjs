// The last step of the build: what the compiler does not copy (it does copy .cjs workers), and a stamp that says that all is built.
import { cpSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const playground = join('apps', 'api', 'playground')

// Whole: the compiler has put a reformatted copy of its script there.
rmSync(join(root, 'dist', playground), { recursive: true, force: true })
cpSync(join(root, playground), join(root, 'dist', playground), { recursive: true })
writeFileSync(join(root, 'dist', '.built'), '')
