/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['node', 'require', 'default'] },
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/migrations', '<rootDir>/test', '<rootDir>/bench'].filter((d) => require('fs').existsSync(d.replace('<rootDir>', __dirname))),
  testMatch: ['**/*.spec.ts'],
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
  collectCoverageFrom: ['apps/**/*.ts', 'libs/**/*.ts', 'migrations/**/*.ts', '!**/*.spec.ts', '!**/*.contract.ts', '!**/testing/**'],
  coverageThreshold: { global: { lines: 95 } },
  testTimeout: 60_000,
}
