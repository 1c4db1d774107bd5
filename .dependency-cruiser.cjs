const { readAllowedEdges } = require('./tools/allowed-edges.ts');

const TESTS = '[.]test[.]tsx?$';
const WIRING =
  '^server/src/(compose|create-gateways|create-operators|main)[.]ts$|^server/src/(compose|cli)/|^server/src/cli[.]ts$';
const FEATURES = '^server/src/(modules|gateways|channels|storage|operators)/';

/** One rule for each row of the table in ARCHITECTURE.md. Tests may use more modules than the code they test. */
function edgeRules() {
  const edges = readAllowedEdges();
  const limited = [...edges].filter(([, imports]) => imports !== 'all');
  const rules = limited.map(([module, imports]) => ({
    name: `edges-of-${module}`,
    comment:
      `The table in ARCHITECTURE.md lets ${module} import ${imports.join(', ') || 'no other module'}. ` +
      'Turn the dependency round, publish an event, or change the table and say why.',
    severity: 'error',
    from: { path: `^server/src/modules/${module}/`, pathNot: TESTS },
    to: { path: `^server/src/modules/(?!(${[module, ...imports].join('|')})/)[^/]+/` },
  }));
  return [
    ...rules,
    {
      name: 'module-is-in-the-table',
      comment: 'Give the module its row in the table of edges in ARCHITECTURE.md.',
      severity: 'error',
      from: { path: `^server/src/modules/(?!(${[...edges.keys()].join('|')})/)([^/]+)/` },
      to: { path: '^server/src/modules/', pathNot: '^server/src/modules/$2/' },
    },
  ];
}

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Move what both sides need into a third file, or hand it in as a parameter.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'kernel-is-below',
      comment: 'The kernel knows nothing of the business: let the module register what the kernel must call.',
      severity: 'error',
      from: { path: '^server/src/kernel/' },
      to: { path: '^server/src/', pathNot: '^server/src/kernel/' },
    },
    {
      name: 'module-through-its-index',
      comment: 'Import from the index.ts of that module, and export there what you need.',
      severity: 'error',
      from: { path: '^(server|bench|tools)/', pathNot: '^server/src/modules/' },
      to: { path: '^server/src/modules/[^/]+/', pathNot: '^server/src/modules/[^/]+/index[.]ts$' },
    },
    {
      name: 'other-module-through-its-index',
      comment: 'Import from the index.ts of that module, and export there what you need.',
      severity: 'error',
      from: { path: '^server/src/modules/([^/]+)/' },
      to: { path: '^server/src/modules/(?!$1/)[^/]+/', pathNot: '/modules/[^/]+/index[.]ts$' },
    },
    {
      name: 'gateway-stands-alone',
      comment:
        'A gateway imports the kernel, its own folder, the contract gateways/gateway.ts and what several share: by-hand.ts, beijing-time.ts, wechat-*.ts.',
      severity: 'error',
      from: { path: '^server/src/gateways/(?!contract/)([^/]+)/' },
      to: {
        path: '^server/src/',
        pathNot:
          '^server/src/kernel/|^server/src/gateways/$1/|^server/src/gateways/(gateway|by-hand|beijing-time|wechat-[a-z]+)[.]ts$',
      },
    },
    {
      name: 'contract-stands-alone',
      comment: 'The contract of the gateways imports nothing but the kernel.',
      severity: 'error',
      from: { path: '^server/src/gateways/(gateway[.]ts$|contract/)' },
      to: { path: '^server/src/', pathNot: '^server/src/(kernel|gateways/contract)/' },
    },
    {
      name: 'operator-stands-alone',
      comment: 'An operator imports the kernel, its own folder and the contract operators/operator.ts.',
      severity: 'error',
      from: { path: '^server/src/operators/([^/]+)/', pathNot: TESTS },
      to: {
        path: '^server/src/',
        pathNot: '^server/src/kernel/|^server/src/operators/$1/|^server/src/operators/operator[.]ts$',
      },
    },
    {
      name: 'operator-contract-stands-alone',
      comment: 'The contract of the operators imports nothing but the kernel.',
      severity: 'error',
      from: { path: '^server/src/operators/operator[.]ts$' },
      to: { path: '^server/src/', pathNot: '^server/src/kernel/' },
    },
    {
      name: 'modules-see-the-contract-only',
      comment:
        'Modules use the types of gateways/gateway.ts and operators/operator.ts; compose.ts hands in what is behind them.',
      severity: 'error',
      from: { path: '^server/src/modules/', pathNot: TESTS },
      to: {
        path: '^server/src/(gateways|channels|storage|operators)/',
        pathNot: '^server/src/gateways/gateway[.]ts$|^server/src/operators/operator[.]ts$',
      },
    },
    {
      name: 'wiring-is-on-top',
      comment: 'Only compose.ts, main.ts and cli know everything: take what you need as a parameter.',
      severity: 'error',
      from: { path: `^server/src/kernel/|${FEATURES}`, pathNot: TESTS },
      to: { path: WIRING },
    },
    {
      name: 'server-knows-no-simulator',
      comment: 'The server reaches the simulators over HTTP only, as it reaches a provider.',
      severity: 'error',
      from: { path: '^server/(src|migrations|bin)/' },
      to: { path: '^simulators/' },
    },
    {
      name: 'simulators-know-no-server',
      comment: 'A simulator checks the server with code of its own, or both sides could be wrong together.',
      severity: 'error',
      from: { path: '^simulators/' },
      to: { path: '^server/' },
    },
    {
      name: 'web-knows-the-api-only',
      comment: 'The pages use the public API; types come from its OpenAPI document.',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^(server|simulators|bench|tools)/', pathNot: '^server/test/' },
    },
    {
      name: 'nobody-imports-the-pages',
      comment: 'The server serves the built pages as files.',
      severity: 'error',
      from: { path: '^(server|simulators|bench)/' },
      to: { path: '^web/' },
    },
    {
      name: 'code-imports-no-test',
      comment: 'Code that runs in production never needs what stands in a test.',
      severity: 'error',
      from: { path: '^(server|simulators|web|bench)/(src|migrations|bin)/', pathNot: TESTS },
      to: { path: `${TESTS}|^[^/]+/test/` },
    },
    {
      name: 'no-dev-dependency-in-code',
      comment: 'Packages that production needs are dependencies.',
      severity: 'error',
      from: { path: '^(server|simulators)/(src|migrations|bin)/', pathNot: TESTS },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'package-is-declared',
      comment: 'Name the package, with its exact version, in the package.json of this workspace.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'import-resolves',
      comment: 'The import leads nowhere; relative imports carry the ending .ts.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    ...edgeRules(),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|coverage)/' },
    tsPreCompilationDeps: true,
    // Development tools stand in the root package.json and serve every workspace.
    combinedDependencies: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
    cache: { folder: 'node_modules/.cache/dependency-cruiser', strategy: 'metadata' },
  },
};
