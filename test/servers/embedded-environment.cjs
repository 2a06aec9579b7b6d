'use strict'
/** Suites of the embedded project know of no server, whatever the environment names. */
delete process.env.TEST_DATABASE_URL
delete process.env.TEST_REDIS_URL
