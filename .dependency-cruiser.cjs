/** The import rules of ARCHITECTURE.md. Each rule's comment is the sentence that a violation shows. */
const npm = (name) => `node_modules/${name}(/|$)`

module.exports = {
  forbidden: [
    {
      name: 'services-are-islands',
      comment: 'Services speak through RabbitMQ only: none imports another.',
      severity: 'error',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/([^/]+)/', pathNot: '^services/$1/' },
    },
    {
      name: 'packages-know-no-service',
      comment: 'Packages are below the services and import none.',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^services/' },
    },
    {
      name: 'one-messaging-module',
      comment: 'Only packages/shared/src/messaging imports amqplib, and the benchmarks that compare with it.',
      severity: 'error',
      from: { pathNot: '^packages/shared/src/messaging/|^bench/src/(bus|persist)/' },
      to: { path: npm('amqplib') },
    },
    {
      name: 'one-database-module',
      comment:
        'Only packages/shared/src/database imports @supabase/supabase-js, and the benchmark that compares with it.',
      severity: 'error',
      from: { pathNot: '^packages/shared/src/database/|^bench/src/persist/' },
      to: { path: npm('@supabase') },
    },
    {
      name: 'database-client-stays-inside',
      comment: 'Every call to the database goes through connectDatabase: nothing else reaches the client behind it.',
      severity: 'error',
      from: { pathNot: '^packages/shared/src/database/' },
      to: { path: '^packages/shared/src/database/(client|calls)\\.ts$' },
    },
    {
      name: 'no-second-way-to-the-database',
      comment:
        'Only migrations, the local stack, what judges from outside (demo, chaos, bench) and tests speak to Postgres itself.',
      severity: 'error',
      from: { pathNot: '(^services/persister/src/migrations/|^packages/(stack|cli)/|^chaos/|^bench/|/test/)' },
      to: { path: npm('pg') },
    },
    {
      name: 'only-the-broker-launches-browsers',
      comment:
        'Only services/browser-broker, the lease client and benchmarks import Playwright at run time; others import its types.',
      severity: 'error',
      from: { path: '/src/', pathNot: '^(services/browser-broker|packages/shared/src/leases|bench)/' },
      to: { path: npm('playwright(-core)?'), dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'handlers-know-ports',
      comment: 'Handlers and jobs get what they need as ports; only main.ts chooses adapters.',
      severity: 'error',
      from: { path: '^services/[^/]+/src/(handlers|jobs)/' },
      to: { path: '^services/[^/]+/src/adapters/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'contracts-are-pure',
      comment: 'packages/shared/src/contracts imports nothing of ours.',
      severity: 'error',
      from: { path: '^packages/shared/src/contracts/' },
      to: { path: '^(packages|services)/', pathNot: '^packages/shared/src/contracts/' },
    },
    {
      name: 'testkit-is-for-tests',
      comment: 'Nothing imports packages/testkit but tests.',
      severity: 'error',
      from: { pathNot: '(^packages/testkit/|/test/|^bench/|^chaos/|^vitest\\.config\\.ts$)' },
      to: { path: '^packages/testkit/' },
    },
    {
      name: 'tests-stay-outside',
      comment: 'No source file imports a test.',
      severity: 'error',
      from: { path: '/src/' },
      to: { path: '/test/' },
    },
    {
      name: 'no-circles',
      comment: 'Imports point one way.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.cjs'],
    },
  },
}
