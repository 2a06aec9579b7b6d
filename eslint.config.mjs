import { existsSync, readdirSync } from 'node:fs'
import js from '@eslint/js'
import tseslint from 'typescript-eslint'

// What a lib may import of ours; `test/architecture.spec.ts` holds the same against the table of ARCHITECTURE.md. A lib that is not
// named here may import kernel only, so that a new one is thought about.
const STORES = ['working-memory', 'episodic-memory', 'graph-memory']
const FLOWS = ['remember', 'recall', 'forget', 'dream', 'transfer']
const MAY_IMPORT = {
  kernel: [],
  config: ['kernel'],
  database: ['kernel'],
  openai: ['kernel'],
  embeddings: ['kernel', 'openai'],
  llm: ['kernel', 'database', 'openai'],
  language: ['kernel'],
  facts: ['kernel', 'language'],
  'working-memory': ['kernel', 'database'],
  'episodic-memory': ['kernel', 'database', 'embeddings', 'language'],
  'graph-memory': ['kernel', 'database'],
  entities: ['kernel', 'database', 'language', 'episodic-memory', 'graph-memory'],
  jobs: ['kernel', 'database'],
  access: ['kernel', 'database', 'working-memory'],
  maintenance: ['kernel', 'database', 'jobs', 'episodic-memory'],
  ...Object.fromEntries(FLOWS.map((flow) => [flow, ['kernel', 'database', 'embeddings', 'jobs', 'language', 'facts', 'llm', 'entities', ...STORES]])),
}

// Third-party packages with one home.
const HOMES = [
  { packages: ['typeorm'], homes: ['libs/database', 'migrations'], why: 'TypeORM stays in libs/database and migrations' },
  { packages: ['pg', '@electric-sql'], homes: ['libs/database'], why: 'only libs/database talks to Postgres' },
  { packages: ['onnxruntime-node'], homes: ['libs/embeddings'], why: 'models stay behind the Embedder' },
  { packages: ['openai'], homes: ['libs/openai'], why: 'endpoints are spoken to by libs/openai' },
  { packages: ['ioredis'], homes: ['libs/working-memory', 'libs/jobs', 'libs/access'], why: 'Redis stays behind its adapters' },
  { packages: ['chrono-node'], homes: ['libs/facts', 'libs/language'], why: 'times in texts are read by libs/facts and libs/language' },
  { packages: ['bullmq'], homes: ['libs/jobs'], why: 'BullMQ stays behind its adapter' },
  { packages: ['@modelcontextprotocol'], homes: ['apps'], why: 'only apps know MCP' },
  {
    packages: ['fastify', '@fastify', '@nestjs/platform-fastify', '@nestjs/swagger', 'nestjs-zod', 'nestjs-pino', 'pino-http', 'express', 'node:http', 'http'],
    homes: ['apps'],
    why: 'only apps know HTTP',
  },
]
const HTTP_OF_NEST = [
  'Controller', 'Get', 'Post', 'Put', 'Patch', 'Delete', 'Req', 'Res', 'Body', 'Query', 'Param', 'Headers', 'HttpCode', 'HttpStatus', 'HttpException',
  'BadRequestException', 'UnauthorizedException', 'ForbiddenException', 'NotFoundException', 'ConflictException', 'PayloadTooLargeException',
  'UnprocessableEntityException', 'ServiceUnavailableException', 'InternalServerErrorException', 'UseGuards', 'UseFilters', 'Catch',
]

const anywhere = (name) => `^${name.replaceAll('.', '\\.')}(/|$)`
const libs = existsSync('libs') ? readdirSync('libs', { withFileTypes: true }).filter((d) => d.isDirectory()).map((d) => d.name) : []

/** The import rule of a folder: `own` libs it may import (undefined: all), `foreign` packages that are refused. */
function imports(folder, { own, patterns = [], paths = [] } = {}) {
  const refused = own === undefined ? [] : libs.filter((lib) => !own.includes(lib))
  return ['error', {
    paths: [
      { name: 'process', importNames: ['env'], message: 'only libs/config reads the environment' },
      { name: 'node:process', importNames: ['env'], message: 'only libs/config reads the environment' },
      ...paths,
    ],
    patterns: [
      { regex: '^#[^/]+/(?!testing$)', message: "a lib has one door: import it as '#name'" },
      { regex: '^(\\.\\./)+(libs|apps)/', message: "import a lib through its door, '#name'" },
      ...HOMES.filter(({ homes }) => !homes.some((home) => folder === home || folder.startsWith(`${home}/`)))
        .map(({ packages, why }) => ({ regex: packages.map(anywhere).join('|'), message: why })),
      ...(refused.length > 0 ? [{ regex: `^#(${refused.join('|')})(/|$)`, message: `${folder} may not import this lib (see ARCHITECTURE.md)` }] : []),
      ...patterns,
    ],
  }]
}

/** One config a lib: its neighbours' folders are closed, its imports are those of the table. */
function lib(name) {
  const others = libs.filter((other) => other !== name)
  const shut = others.length > 0 ? [{ regex: `^(\\.\\./)+(${others.join('|')})(/|$)`, message: "import a lib through its door, '#name'" }] : []
  const patterns = [...shut, { regex: '^(\\.\\./)+(apps|migrations|test|bench)(/|$)', message: 'a lib knows nothing of who uses it' }]
  if (name === 'kernel') patterns.push({ regex: '^(?!\\.{1,2}/|uuid$|node:crypto$)', message: 'kernel imports nothing but uuid and node:crypto' })
  // migrations are data to the database: it is the one that runs them.
  if (name === 'database') patterns[patterns.length - 1] = { regex: '^(\\.\\./)+(apps|test|bench)(/|$)', message: 'a lib knows nothing of who uses it' }
  return {
    files: [`libs/${name}/**/*.ts`],
    ignores: ['**/*.spec.ts', '**/*.contract.ts', '**/testing/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': imports(`libs/${name}`, {
        own: [name, ...(MAY_IMPORT[name] ?? ['kernel'])].filter((own) => own !== name),
        patterns,
        paths: [{ name: '@nestjs/common', importNames: HTTP_OF_NEST, message: 'only apps know HTTP; throw a ReverieError' }],
      }),
    },
  }
}

export default tseslint.config(
  { ignores: ['node_modules/**', 'dist/**', 'coverage/**', 'data/**', 'docs/**', '**/*.d.ts'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,mjs,cjs,js}'],
    extends: [js.configs.recommended],
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-var': 'error',
      'prefer-const': 'error',
      'object-shorthand': 'error',
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'] }],
      // Form: this house has no formatter, these few rules are its style.
      semi: ['error', 'never', { beforeStatementContinuationChars: 'never' }],
      quotes: ['error', 'single', { avoidEscape: true, allowTemplateLiterals: true }],
      'max-len': ['error', { code: 190, ignoreUrls: true, ignoreRegExpLiterals: true }],
      'eol-last': 'error',
      'no-trailing-spaces': 'error',
      'no-tabs': 'error',
      // Text is this house's matter: its expressions name control characters and combining marks on purpose.
      'no-control-regex': 'off',
      'no-misleading-character-class': 'off',
    },
  },
  {
    files: ['**/*.{mjs,cjs,js}'],
    languageOptions: {
      globals: Object.fromEntries(['process', 'console', 'URL', 'Buffer', 'fetch', 'performance', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'AbortSignal',
        'AbortController', 'TextEncoder', 'TextDecoder', 'structuredClone', 'setImmediate', 'URLSearchParams', 'WebAssembly'].map((name) => [name, 'readonly'])),
    },
  },
  {
    files: ['**/*.{cjs,js}'],
    languageOptions: { sourceType: 'commonjs', globals: { require: 'readonly', module: 'writable', exports: 'writable', __dirname: 'readonly', __filename: 'readonly' } },
  },
  {
    files: ['apps/api/{static,playground,public}/**/*.js'],
    languageOptions: { sourceType: 'module', globals: Object.fromEntries(['document', 'window', 'location', 'localStorage', 'navigator'].map((name) => [name, 'readonly'])) },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'no-undef': 'off',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      // Classes that Nest injects are values to the container: the rule itself leaves files with decorators alone.
      '@typescript-eslint/consistent-type-imports': ['error', { prefer: 'type-imports', fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none', ignoreRestSiblings: true }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/no-require-imports': ['error', { allowAsImport: true }],
      // A method that is async by its port may have nothing to await.
      '@typescript-eslint/require-await': 'off',
      // Rows of the store and bodies of the wire are typed where they enter; the compiler's strictness guards the rest.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true, allowNullish: true }],
      'no-restricted-properties': ['error', { object: 'process', property: 'env', message: 'only libs/config reads the environment' }],
      '@typescript-eslint/no-restricted-imports': imports(''),
    },
  },
  ...libs.map(lib),
  {
    files: ['apps/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': imports('apps') },
  },
  {
    files: ['migrations/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': imports('migrations', { own: [] }) },
  },
  {
    // Tests stand outside of the house: they may look at everything, and start it with an environment of their own.
    files: ['**/*.spec.ts', '**/*.contract.ts', '**/testing/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': 'off',
      'no-restricted-properties': 'off',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  { files: ['libs/config/**/*.ts'], rules: { 'no-restricted-properties': 'off' } },
)
