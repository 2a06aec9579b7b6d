'use strict'
const Sequencer = require('@jest/test-sequencer').default

/** Suites that take long though their files are short; a clean checkout has no earlier run that would tell, and jest then goes by size. */
const LONG = ['durability.e2e', 'dream-killed.server', 'proof.server', 'mcp.e2e', 'deletion.e2e', 'purge-killed.e2e', 'dream-worker.e2e', 'schema.e2e', 'transfer-cli.e2e', 'demo']
const isLong = ({ path }) => LONG.some((name) => path.endsWith(`/test/${name}.spec.ts`))

/** Starts them first: the last suite of a run leaves the other core idle. */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((a, b) => Number(isLong(b)) - Number(isLong(a)))
  }
}
