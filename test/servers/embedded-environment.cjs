'use strict'
const { setFlagsFromString } = require('node:v8')

/** Suites of the embedded project know of no server, whatever the environment names. */
delete process.env.TEST_DATABASE_URL
delete process.env.TEST_REDIS_URL
// A store that lives for seconds is not worth V8's second compiler: it takes more of the processor than what it makes saves (docs/adr/0032).
setFlagsFromString('--liftoff-only')
