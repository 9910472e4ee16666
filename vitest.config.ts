import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'examples/*/**/*.test.ts', 'bench/src/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/cdk.out/**', '**/.sonde/**'],
    // Contract tests start real processes; two cores are what a small CI machine has.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Real processes, ports and signals on a machine that may be busy: a second attempt tells a defect from that. Those that needed it are
    // printed with their number of retries.
    retry: 1,
  },
})
