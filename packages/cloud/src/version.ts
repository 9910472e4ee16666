import manifest from '../package.json' with { type: 'json' }

/** The version in `/_sonde/health` and `sonde --version`. */
export const VERSION: string = manifest.version
