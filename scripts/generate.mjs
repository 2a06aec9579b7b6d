// Writes what is generated from the sources: .env.example and openapi.json. With --check it writes nothing and fails when one is out of date.
//   npm run generate [-- --check]        (after npm run build)
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const require = createRequire(import.meta.url)
require('reflect-metadata')
const { envExample } = require('../dist/libs/config/index.js')
const { openApiDocument } = require('../dist/apps/api/openapi-document.js')

const files = {
  '.env.example': envExample(),
  'openapi.json': `${JSON.stringify(await openApiDocument(), null, 2)}\n`,
}
const check = process.argv.includes('--check')
for (const [name, text] of Object.entries(files)) {
  const path = join(root, name)
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue
  if (check) {
    console.error(`${name} is out of date: npm run build && npm run generate`)
    process.exitCode = 1
  } else {
    writeFileSync(path, text)
    console.log(`wrote ${name}`)
  }
}
