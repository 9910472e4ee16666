import { createHash, type Hash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Folders that hold what is made from the sources, not the sources. */
const MADE = new Set([
  'node_modules',
  '.sonde',
  'cdk.out',
  '.git',
  'dist',
  'coverage',
  '.venv',
  '__pycache__',
])

const addFile = (hash: Hash, name: string, path: string): void => {
  const bytes = readFileSync(path)
  hash.update(`${name}\0${bytes.length}\0`)
  hash.update(bytes)
}

const addFolder = (hash: Hash, folder: string, prefix: string): void => {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const entry of entries) {
    const name = `${prefix}/${entry.name}`
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      if (!MADE.has(entry.name)) addFolder(hash, path, name)
    } else if (entry.isFile()) {
      addFile(hash, name, path)
    }
  }
}

const ancestorsOf = (folder: string): string[] => {
  const parent = dirname(folder)
  return parent === folder ? [folder] : [folder, ...ancestorsOf(parent)]
}

const nearest = (folder: string, name: string): string | undefined =>
  ancestorsOf(folder)
    .map(ancestor => join(ancestor, name))
    .find(existsSync)

/** Dependencies that are linked, not installed: packages of the same workspace, whose sources may change. */
const linkedPackages = (folder: string): string[] => {
  const manifest = join(folder, 'package.json')
  if (!existsSync(manifest)) return []
  const { dependencies = {}, devDependencies = {} } = JSON.parse(readFileSync(manifest, 'utf8'))
  return Object.keys({ ...dependencies, ...devDependencies }).flatMap(name => {
    const installed = nearest(folder, join('node_modules', name))
    if (!installed) return []
    const real = realpathSync(installed)
    return real.includes('node_modules') ? [] : [real]
  })
}

/**
 * A digest of all that a synthesis depends on: the app's files, the packages it links, what is installed (by the lock
 * file) and `environment`.
 */
export const contentHash = (folder: string, environment: Readonly<Record<string, string>>): string => {
  const hash = createHash('sha256')
  hash.update(JSON.stringify(environment))
  const lock = nearest(folder, 'package-lock.json')
  if (lock) addFile(hash, 'package-lock.json', lock)
  for (const linked of new Set(linkedPackages(folder))) addFolder(hash, linked, linked)
  addFolder(hash, folder, '')
  return hash.digest('hex')
}
