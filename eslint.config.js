// One configuration for every package: TypeScript by its types, Svelte by its own rules.
import svelte from 'eslint-plugin-svelte';
import typescript from 'typescript-eslint';

const svelteFiles = ['**/*.svelte', '**/*.svelte.ts'];

export default typescript.config(
  {
    ignores: [
      '**/dist/',
      '**/node_modules/',
      '**/target/',
      '**/test-results/',
      '**/artefacts/',
      'packages/client/src/protocol.ts',
      'packages/client/src/binary-tables.ts',
    ],
  },
  ...typescript.configs.strict,
  ...svelte.configs.recommended,
  {
    files: svelteFiles,
    languageOptions: { parserOptions: { parser: typescript.parser, extraFileExtensions: ['.svelte'] } },
  },
  {
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      eqeqeq: ['error', 'always'],
      'no-console': 'error',
      'max-lines': ['error', { max: 500 }],
      'max-lines-per-function': ['error', { max: 80, skipComments: true, skipBlankLines: true }],
    },
  },
  {
    files: ['**/*.test.ts', '**/e2e/**/*.ts', '**/measure/**/*.ts', '**/tests/**/*.ts', '**/scripts/**'],
    rules: { 'max-lines-per-function': 'off', 'no-console': 'off' },
  },
);
