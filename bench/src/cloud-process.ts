/** A local cloud in the directory given as the first argument. Prints its endpoint. */
import { startCloud } from '@sonde/cloud'

const [directory] = process.argv.slice(2)
const cloud = await startCloud({ port: 0, daemonPort: 0, ...(directory !== undefined && { directory }) })
process.stdout.write(`cloud at ${cloud.endpoint}\n`)
process.on('SIGTERM', () => void cloud.stop().then(() => process.exit(0)))
