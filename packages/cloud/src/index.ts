export { type Cloud, type CloudOptions, startCloud } from './cloud.ts'
export { PortUnavailableError } from './kernel/http-server.ts'
export { StateDirectoryError } from './kernel/state-directory.ts'
export { VERSION } from './version.ts'
