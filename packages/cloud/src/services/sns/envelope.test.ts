import { createVerify, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createStore } from '../../kernel/store.ts'
import { Envelopes, printEnvelope, stringToSign } from './envelope.ts'
import { selfSignedCertificate } from './signing/certificate.ts'
import { Signer, type SigningKey } from './signing/signer.ts'

describe('selfSignedCertificate', () => {
  it('makes one that verifies by its own key and does not expire', () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2_048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    })
    const certificate = new X509Certificate(
      selfSignedCertificate(privateKey, 'sns.amazonaws.com', Buffer.from([0xff, 0x02])),
    )
    expect(certificate.subject).toBe('CN=sns.amazonaws.com')
    expect(certificate.verify(certificate.publicKey)).toBe(true)
    expect(certificate.serialNumber).toBe('01FF02')
    expect(certificate.validTo).toBe('Dec 31 23:59:59 9999 GMT')
  })
})

const NOTIFICATION = {
  messageId: 'm-1',
  topicArn: 'arn:aws:sns:eu-west-1:123456789012:t',
  subject: 'hello',
  messages: { default: 'some "text"\nand more' },
  attributes: { k: { type: 'String', value: 'v' } },
  timestamp: '2030-01-01T00:00:00.000Z',
}

describe('a notification', () => {
  it.each([
    ['1', 'RSA-SHA1'],
    ['2', 'RSA-SHA256'],
  ])(
    'of signature version %s verifies with %s and the certificate that is served',
    async (version, algorithm) => {
      const signer = new Signer(createStore(undefined).collection<SigningKey>('keys'))
      const envelopes = new Envelopes({ signer, endpoint: () => 'http://127.0.0.1:4566' })
      const envelope = await envelopes.notification(
        { ...NOTIFICATION, signatureVersion: version },
        'sqs',
        'arn:subscription',
      )
      const path = new URL(String(envelope.SigningCertURL)).pathname
      const certificate = new X509Certificate(signer.certificate(path) ?? '')
      const { Message, MessageId, Subject, Timestamp, TopicArn, Type } = envelope
      const signed = `Message\n${Message}\nMessageId\n${MessageId}\nSubject\n${Subject}\nTimestamp\n${Timestamp}\nTopicArn\n${TopicArn}\nType\n${Type}\n`
      const verify = createVerify(algorithm).update(signed)
      expect(verify.verify(certificate.publicKey, String(envelope.Signature), 'base64')).toBe(true)
      expect(signer.certificate('/SimpleNotificationService-0.pem')).toBeUndefined()
      expect(envelope.UnsubscribeURL).toBe(
        'http://127.0.0.1:4566/?Action=Unsubscribe&SubscriptionArn=arn%3Asubscription&Version=2010-03-31',
      )
    },
  )

  it('signs no subject where there is none', () => {
    expect(stringToSign({ Type: 'Notification', Message: 'x', Subject: undefined })).toBe(
      'Message\nx\nType\nNotification\n',
    )
  })

  it('is printed a member a line', () => {
    const text = printEnvelope({
      Type: 'x',
      Subject: undefined,
      MessageAttributes: { k: { Type: 'String' } },
    })
    expect(text).toBe('{\n  "Type" : "x",\n  "MessageAttributes" : {\n    "k" : {"Type":"String"}\n  }\n}')
    expect(JSON.parse(text)).toEqual({ Type: 'x', MessageAttributes: { k: { Type: 'String' } } })
  })
})
