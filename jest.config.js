const { existsSync } = require('node:fs')
const { join } = require('node:path')

const roots = ['apps', 'libs', 'migrations', 'test', 'bench'].filter((folder) => existsSync(join(__dirname, folder))).map((folder) => `<rootDir>/${folder}`)
const common = {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['node', 'require', 'default'] },
  roots,
  moduleNameMapper: { '^#([a-z-]+)$': '<rootDir>/libs/$1' },
  // An ES module that the client of MCP requires: Node 20 can, jest on it cannot.
  transformIgnorePatterns: ['/node_modules/(?!jose/)'],
  transform: {
    '/node_modules/jose/.+\\.js$': ['@swc/jest', { jsc: { target: 'es2023' }, module: { type: 'commonjs' } }],
    '^.+\\.ts$': ['@swc/jest', {
      jsc: { target: 'es2023', parser: { syntax: 'typescript', decorators: true }, transform: { legacyDecorator: true, decoratorMetadata: true } },
      module: { type: 'commonjs' },
    }],
  },
}

/**
 * Every suite runs on nothing but Node; those that touch a store (`*.int`, `*.e2e`) run again, the same files, on real Postgres and
 * Redis, and `*.server` runs there alone.
 * @type {import('jest').Config}
 */
module.exports = {
  projects: [
    {
      ...common,
      displayName: 'embedded',
      testMatch: ['**/*.spec.ts'],
      testPathIgnorePatterns: ['/node_modules/', '\\.server\\.spec\\.ts$'],
      setupFiles: ['<rootDir>/test/servers/embedded-environment.cjs'],
      globalSetup: '<rootDir>/test/servers/scratch.ts',
      globalTeardown: '<rootDir>/test/servers/global-teardown.ts',
    },
    {
      ...common,
      displayName: 'server',
      testMatch: ['**/*.{int,e2e,server}.spec.ts'],
      // What a browser, a chat, an agent's tools and a language model see is the same on both stores, and takes minutes.
      testPathIgnorePatterns: ['/node_modules/', '(playground|chat-example|mcp|dream-model|languages|transfer-bad-input|forget-pages)\\.e2e\\.spec\\.ts$'],
      globalSetup: '<rootDir>/test/servers/global-setup.ts',
      globalTeardown: '<rootDir>/test/servers/global-teardown.ts',
    },
  ],
  testSequencer: '<rootDir>/test/servers/longest-first.cjs',
  // Istanbul's counters take a fifth of the processor; V8's a twentieth.
  coverageProvider: 'v8',
  // Each suite leaves some of itself in its worker: 4 GB after all of them.
  workerIdleMemoryLimit: '2GB',
  collectCoverageFrom: ['apps/**/*.ts', 'libs/**/*.ts', 'migrations/**/*.ts', '!**/*.spec.ts', '!**/*.contract.ts', '!**/testing/**'],
  coverageThreshold: { global: { lines: 95 } },
  // A test that hangs, not one on a busy machine.
  testTimeout: 180_000,
}
