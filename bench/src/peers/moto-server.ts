import { type StartedProcess, startUntil } from '../process.ts'

/** Starts moto's server on a free port, where Python has it; the address is the first match. */
export const startMotoServer = (): Promise<StartedProcess> =>
  startUntil('moto_server', ['-p', '0'], {
    cwd: import.meta.dirname,
    until: /Running on (http:\/\/127\.0\.0\.1:\d+)/,
    timeout: 30_000,
  })
