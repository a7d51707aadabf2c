import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** The layers of app/, top first; a folder imports only from itself and from layers below its own. */
const LAYERS = [
  ['routes'],
  ['edge', 'web', 'worker'],
  ['carts', 'customers', 'insights', 'privacy', 'access', 'ops', 'ui'],
  ['ingest', 'jobs', 'mail', 'shopify'],
  ['data'],
  ['vault'],
];

/** Programs put the parts together: they alone read the environment, and may import from every layer. */
const ROOTS = [
  'app/edge.ts',
  'app/web.ts',
  'app/worker.ts',
  'app/ops.ts',
  'app/start.ts',
  'app/data/deploy/program.ts',
];

/** Who may open sealed values; test/laws/openers.ts says why, and that the two lists agree. */
const OPENERS = [
  'app/access/opener.ts',
  'app/access/compare.ts',
  'app/access/staff-seal.ts',
  'app/ingest/apply/open-event.ts',
  'app/carts/apply/load.ts',
  'app/customers/people-store.ts',
  'app/customers/move-digests.ts',
  'app/ingest/edge/dead-letter.ts',
  'app/shopify/session-storage.ts',
  'app/privacy/agreements/seals.ts',
];

const TESTS = ['**/*.test.{ts,tsx}', 'test/**'];

const NEVER_TEST = {
  regex: '^#test/|(^|/)test/',
  message: 'The app does not know its tests: production must run without the folder test/.',
};

/** Rules of the walls for one folder of app/. */
function walls(folder, above) {
  return {
    files: [`app/${folder}/**/*.{ts,tsx}`],
    ignores: [...ROOTS, '**/*.test.{ts,tsx}'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            NEVER_TEST,
            {
              regex: `^#app/(${above.join('|')})/`,
              message: `Imports point downwards: ${folder} is below that folder. Pass what it needs in as an argument.`,
            },
          ],
        },
      ],
    },
  };
}

export default defineConfig(
  globalIgnores(['build/', 'app/data/prisma/', '.demo/', '.dev/', '.test/', '.bench/', 'node_modules/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error', noInlineConfig: true } },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // Numbers and booleans in a template are meant.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // `() => stop()` is shorter than the block it would need.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      // Remix throws Responses.
      '@typescript-eslint/only-throw-error': [
        'error',
        { allow: [{ from: 'lib', name: 'Response' }], allowRethrowing: true },
      ],
      // Asked for by interfaces that some implement without waiting.
      '@typescript-eslint/require-await': 'off',
      // Type parameters that tie two things together are used once.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // `process.env['X']` is what the compiler option for index signatures wants.
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      '@typescript-eslint/array-type': 'off',
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true, boolean: true } }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } }],
    },
  },
  {
    files: ['app/**/*.{ts,tsx}'],
    rules: {
      'no-console': 'error',
      'no-restricted-imports': ['error', { patterns: [NEVER_TEST] }],
    },
  },
  ...LAYERS.flatMap((folders, index) => {
    const above = LAYERS.slice(0, index).flat();
    return above.length === 0 ? [] : folders.map((folder) => walls(folder, above));
  }),
  {
    files: ['app/**/*.{ts,tsx}'],
    ignores: [...ROOTS, ...TESTS],
    rules: {
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'Only the programs read the environment; take what you need as an argument.',
        },
      ],
    },
  },
  {
    files: ['app/**/*.{ts,tsx}'],
    ignores: [...OPENERS, ...TESTS, 'app/vault/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ImportDeclaration[source.value=/vault/] ImportSpecifier[imported.name=/^open/]',
          message: 'Open through openForPeople or openForWork (app/access/gate.ts), which leave a record.',
        },
      ],
    },
  },
  {
    files: ['app/vault/**/*.ts'],
    ignores: TESTS,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            NEVER_TEST,
            { regex: '^#app/(?!vault/)', message: 'The vault is bytes in, bytes out: it imports nothing of ours.' },
            {
              regex: '^(?!node:|#app/vault/|\\./)',
              message: "The vault trusts Node's own cryptography and no package.",
            },
          ],
        },
      ],
    },
  },
  {
    // Remix and the tools find these by their default export.
    files: [
      'app/routes/**/*.{ts,tsx}',
      'app/root.tsx',
      'app/entry.*.tsx',
      '*.config.{ts,js}',
      'prisma/config.ts',
      'test/support/global-setup.ts',
      'test/setup/*.config.ts',
    ],
    rules: { 'no-restricted-exports': 'off' },
  },
  {
    // What the tests look at comes from outside: parsed JSON, matchers, hand-made requests.
    files: TESTS,
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-base-to-string': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
    },
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        setInterval: 'readonly',
        document: 'readonly',
        window: 'readonly',
      },
    },
  },
);
