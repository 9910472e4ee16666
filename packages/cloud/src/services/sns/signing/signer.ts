import { createHash, generateKeyPair, randomBytes, sign } from 'node:crypto'
import { promisify } from 'node:util'
import type { Scope } from '../../../kernel/scope.ts'
import type { Collection } from '../../../kernel/store.ts'
import { selfSignedCertificate } from './certificate.ts'

const MODULUS_BITS = 2_048
const KEY = 'current'
/** One key signs for all accounts, as a region's does at AWS. */
const EVERYWHERE: Scope = { account: '000000000000', region: 'local' }

/** The key that notifications are signed with, and the certificate that verifies them. */
export interface SigningKey {
  /** PKCS #8 in PEM. */
  readonly privateKey: string
  /** In PEM. */
  readonly certificate: string
  /** Where the certificate is served: `/SimpleNotificationService-<32 hex digits>.pem`. */
  readonly path: string
}

/** By signature version. @see https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html */
const DIGESTS: Readonly<Record<string, string>> = { '1': 'sha1', '2': 'sha256' }

const signAsync = promisify<string, Buffer, string, Buffer>(sign)

const makeKey = async (): Promise<SigningKey> => {
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: MODULUS_BITS,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  const certificate = selfSignedCertificate(privateKey, 'sns.amazonaws.com', randomBytes(15))
  const digest = createHash('sha256').update(certificate).digest('hex').slice(0, 32)
  return { privateKey, certificate, path: `/SimpleNotificationService-${digest}.pem` }
}

/** Signs notifications with a key of this cloud's own, made when it is first needed and kept. */
export class Signer {
  readonly #keys: Collection<SigningKey>
  #making: Promise<SigningKey> | undefined

  constructor(keys: Collection<SigningKey>) {
    this.#keys = keys
  }

  async key(): Promise<SigningKey> {
    const kept = this.#keys.get(EVERYWHERE, KEY)
    if (kept) return kept
    this.#making ??= this.#make()
    return this.#making
  }

  /** In base64, off the event loop. */
  async sign(text: string, version: string): Promise<string> {
    const { privateKey } = await this.key()
    const signature = await signAsync(DIGESTS[version] ?? 'sha1', Buffer.from(text), privateKey)
    return signature.toString('base64')
  }

  /** The certificate that is served at a path, or `undefined`. */
  certificate(path: string): string | undefined {
    const key = this.#keys.get(EVERYWHERE, KEY)
    return key?.path === path ? key.certificate : undefined
  }

  /** Forgets the key; its record goes with the store. */
  reset(): void {
    this.#making = undefined
  }

  async #make(): Promise<SigningKey> {
    const key = await makeKey()
    this.#keys.put(EVERYWHERE, KEY, key)
    return key
  }
}
