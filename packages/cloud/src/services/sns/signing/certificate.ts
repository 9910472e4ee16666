import { createPrivateKey, createPublicKey, sign } from 'node:crypto'

/** Tags of ASN.1's types, in DER. */
const INTEGER = 0x02
const BIT_STRING = 0x03
const NULL = 0x05
const OBJECT_ID = 0x06
const UTF8_STRING = 0x0c
const SEQUENCE = 0x30
const SET = 0x31
const UTC_TIME = 0x17
const GENERALIZED_TIME = 0x18

const encodeLength = (length: number): Buffer => {
  if (length < 0x80) return Buffer.from([length])
  const digits = length.toString(16)
  const bytes = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex')
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes])
}

const encode = (tag: number, ...contents: Buffer[]): Buffer => {
  const content = Buffer.concat(contents)
  return Buffer.concat([Buffer.from([tag]), encodeLength(content.length), content])
}

const text = (tag: number, value: string): Buffer => encode(tag, Buffer.from(value))

/** sha256WithRSAEncryption, 1.2.840.113549.1.1.11. */
const SHA256_WITH_RSA = encode(
  SEQUENCE,
  encode(OBJECT_ID, Buffer.from('2a864886f70d01010b', 'hex')),
  encode(NULL),
)
/** commonName, 2.5.4.3. */
const COMMON_NAME = encode(OBJECT_ID, Buffer.from('550403', 'hex'))

/** Any year that a stepped clock may reach: RFC 5280's way to say that it does not expire. */
const VALIDITY = encode(SEQUENCE, text(UTC_TIME, '200101000000Z'), text(GENERALIZED_TIME, '99991231235959Z'))

const nameOf = (commonName: string): Buffer =>
  encode(SEQUENCE, encode(SET, encode(SEQUENCE, COMMON_NAME, text(UTF8_STRING, commonName))))

/**
 * Makes an X.509 certificate (version 1) that a key signs for itself.
 *
 * @param privateKey RSA, PKCS #8 in PEM
 * @param serial of 1 to 19 bytes
 * @returns the certificate in PEM
 */
export const selfSignedCertificate = (privateKey: string, commonName: string, serial: Buffer): string => {
  const key = createPrivateKey(privateKey)
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' })
  const name = nameOf(commonName)
  const body = encode(
    SEQUENCE,
    // The leading byte keeps the number positive.
    encode(INTEGER, Buffer.concat([Buffer.from([0x01]), serial])),
    SHA256_WITH_RSA,
    name,
    VALIDITY,
    name,
    publicKey,
  )
  const signature = encode(BIT_STRING, Buffer.from([0]), sign('sha256', body, key))
  const lines =
    encode(SEQUENCE, body, SHA256_WITH_RSA, signature)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
