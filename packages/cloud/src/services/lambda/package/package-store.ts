import { createHash, randomUUID } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { invalidParameter } from '../errors.ts'
import { MAXIMUM_UNZIPPED_BYTES } from '../limits.ts'
import { readZip, ZipError, ZipTooLargeError } from './zip.ts'

/** A package that is in the store. */
export interface StoredPackage {
  /** SHA-256, hexadecimal. */
  readonly hash: string
  /** Bytes of the archive. */
  readonly size: number
}

const ARCHIVE = '.zip'
/** Node looks for a package.json upwards: this one, above all packages, keeps it from the app's, which AWS does not have. */
const BARRIER = 'package.json'
const EXECUTABLE = 0o755
const READABLE = 0o644
const CONFLICTS = ['EISDIR', 'ENOTDIR', 'EEXIST', 'ENAMETOOLONG']

/** CodeSha256 as the API shows it. */
export const toCodeSha256 = (hash: string): string => Buffer.from(hash, 'hex').toString('base64')

const unpackError = (error: unknown): unknown => {
  if (error instanceof ZipTooLargeError) {
    return invalidParameter(`Unzipped size must be smaller than ${MAXIMUM_UNZIPPED_BYTES} bytes`)
  }
  // One entry is a file where another is a folder.
  const isConflict = error instanceof Error && 'code' in error && CONFLICTS.includes(String(error.code))
  if (!(error instanceof ZipError) && !isConflict) return error
  return invalidParameter(
    `Could not unzip uploaded file. Please check your file, then try to upload again. (${error.message})`,
  )
}

/**
 * Packages by their content: the archive as it came, and unpacked next to it. Several archives unpacked over one
 * another, as the layers of a function, have a folder named after all of them. What is there is complete: everything
 * is written under another name first.
 */
export class PackageStore {
  readonly #folder: string
  readonly #unpacking = new Map<string, Promise<string>>()

  constructor(folder: string) {
    this.#folder = folder
    writeFileSync(join(folder, BARRIER), '{}\n')
  }

  /**
   * Takes an archive and unpacks it.
   *
   * @throws ServiceError `InvalidParameterValueException`
   */
  async add(archive: Uint8Array): Promise<StoredPackage> {
    if (archive.length === 0) throw invalidParameter('Uploaded file must be a non-empty zip')
    const hash = createHash('sha256').update(archive).digest('hex')
    const path = this.archivePath(hash)
    if (!existsSync(path)) {
      try {
        if (readZip(archive, MAXIMUM_UNZIPPED_BYTES).length === 0) {
          throw invalidParameter('Uploaded file must be a non-empty zip')
        }
      } catch (error) {
        throw unpackError(error)
      }
      const temporary = join(this.#folder, `.${randomUUID()}`)
      await writeFile(temporary, archive)
      await rename(temporary, path)
    }
    await this.unpack([hash])
    return { hash, size: archive.length }
  }

  /** The folder of the unpacked archives, later ones over earlier ones. Unpacks where that is missing. */
  unpack(hashes: readonly string[]): Promise<string> {
    const name =
      hashes.length === 1 ? (hashes[0] ?? '') : createHash('sha256').update(hashes.join()).digest('hex')
    const folder = join(this.#folder, name)
    if (existsSync(folder)) return Promise.resolve(folder)
    let running = this.#unpacking.get(name)
    if (!running) {
      running = this.#unpackInto(folder, hashes).finally(() => this.#unpacking.delete(name))
      this.#unpacking.set(name, running)
    }
    return running
  }

  archivePath(hash: string): string {
    return join(this.#folder, `${hash}${ARCHIVE}`)
  }

  /** Whether the archive is there. */
  has(hash: string): boolean {
    return existsSync(this.archivePath(hash))
  }

  /**
   * Removes what no one refers to: archives by hash, and folders that are not a single archive's.
   *
   * @param before ms since the epoch; what is younger may belong to a request that is still being served
   */
  async clean(used: ReadonlySet<string>, before: number): Promise<void> {
    for (const name of await readdir(this.#folder)) {
      const hash = name.endsWith(ARCHIVE) ? name.slice(0, -ARCHIVE.length) : name
      const path = join(this.#folder, name)
      if (name === BARRIER || used.has(hash) || (await stat(path)).ctimeMs >= before) continue
      await rm(path, { recursive: true, force: true })
    }
  }

  async #unpackInto(folder: string, hashes: readonly string[]): Promise<string> {
    const temporary = join(this.#folder, `.${randomUUID()}`)
    try {
      await mkdir(temporary, { recursive: true })
      for (const hash of hashes) await this.#write(temporary, await readFile(this.archivePath(hash)))
      await rename(temporary, folder)
    } catch (error) {
      await rm(temporary, { recursive: true, force: true })
      throw unpackError(error)
    }
    return folder
  }

  async #write(folder: string, archive: Uint8Array): Promise<void> {
    const made = new Set<string>()
    const makeFolder = async (path: string): Promise<void> => {
      if (made.has(path)) return
      await mkdir(path, { recursive: true })
      made.add(path)
    }
    for (const entry of readZip(archive, MAXIMUM_UNZIPPED_BYTES)) {
      const path = join(folder, entry.path)
      if (entry.path.endsWith('/')) await makeFolder(path)
      else {
        await makeFolder(dirname(path))
        // Owner's rights at the least: the package must be readable, and removable again.
        await writeFile(path, entry.read(), { mode: entry.mode & 0o111 ? EXECUTABLE : READABLE })
      }
    }
  }
}
