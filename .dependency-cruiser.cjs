const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })
const room = (name, allowed, comment) =>
  rule(
    `${name}-imports`,
    comment,
    { path: `^src/${name}/`, pathNot: '(/|-)main\\.ts$|/config\\.ts$' },
    { path: '^src/', pathNot: [`^src/${name}/`, ...allowed.map((a) => `^src/${a}`)] },
  )

/** Who may import whom. Only a main.ts wires adapters; see the README's reading order. */
module.exports = {
  forbidden: [
    rule('no-cycles', 'A cycle has no reading order.', {}, { circular: true }),
    room('domain', [], 'The domain imports nobody.'),
    rule(
      'domain-is-pure',
      'Pure libraries only.',
      { path: '^src/domain/' },
      { dependencyTypes: ['npm', 'core'], pathNot: 'node_modules/(fp-ts|io-ts|io-ts-types|uuid|intl-messageformat)/' },
    ),
    rule(
      'aggregates-apart',
      'Aggregates share ids and the mechanics beside them, not each other.',
      { path: '^src/domain/(execution|workflow-definition|template|connection)/' },
      { path: '^src/domain/(execution|workflow-definition|template|connection)/', pathNot: '^src/domain/$1/' },
    ),
    room('stores', ['domain/'], 'Stores know the domain.'),
    room(
      'process',
      ['domain/(decode-problems\\.ts$|redaction/)'],
      'Processes know how to say what is wrong, and what not to say.',
    ),
    room('consumers', ['domain/'], 'Consumers know the domain.'),
    room('nodes', ['domain/', 'stores/[^/]+/[^/]+-store\\.ts$'], 'Nodes know the domain and the ports of stores.'),
    room(
      'projections',
      ['domain/', 'consumers/', 'process/config\\.ts$'],
      'Projections know the domain and consumers.',
    ),
    room(
      'workflow',
      ['domain/', 'consumers/', 'nodes/', 'stores/[^/]+/[^/]+-store\\.ts$'],
      'The workflow knows the domain, consumers, nodes and the ports of stores.',
    ),
    room(
      'api',
      [
        'domain/',
        'nodes/(preflight/|(template-inspection|hubspot/events|connections/(registry|probe|report|hubspot/config))\\.ts$)',
        'projections/[^/]+/queries',
        'projections/health/',
        'projections/live/(tail|message)',
        'stores/[^/]+/[^/]+-store\\.ts$',
        'stores/identity/identity\\.ts$',
      ],
      'HTTP reads through queries and the live tail, writes through the domain.',
    ),
    rule(
      'one-client-file',
      'Only the gateway knows the client package.',
      { path: '^src/', pathNot: '^src/(stores/events|embedded/event-store)/' },
      { path: 'node_modules/@eventstore/' },
    ),
    rule(
      'sandbox',
      "Code inside Temporal's sandbox imports @temporalio/workflow and types only.",
      { path: '^src/workflow/execution/workflow\\.ts$' },
      { pathNot: 'node_modules/@temporalio/workflow/', dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'embedded-apart',
      'The product does not know the embedded stack.',
      { pathNot: '^src/embedded/' },
      { path: '^src/embedded/' },
    ),
    rule('src-without-tests', 'Tests and measurements stay outside.', { path: '^src/' }, { path: '^(test|bench)/' }),
    rule('no-unresolved', 'Every import is found.', {}, { couldNotResolve: true }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['require', 'node', 'types', 'default'] },
  },
}
