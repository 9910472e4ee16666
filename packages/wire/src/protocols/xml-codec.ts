import { XmlShapeDeserializer, XmlShapeSerializer } from '@aws-sdk/core/protocols'
import type { NormalizedSchema } from '@smithy/core/schema'
import { DATE_TIME } from '../scalar.ts'

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

// XML 1.0 has no way to write these characters; AWS drops them.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g

export const escapeXml = (text: string): string =>
  text.replace(UNWRITABLE, '').replace(/[&<>"]/g, character => ESCAPES[character] ?? character)

/** The SDK's XML codec, turned around. */
export const xmlCodec = (settings: { readonly httpBindings: boolean; readonly xmlNamespace?: string }) => {
  const codecSettings = {
    timestampFormat: { useTrait: true, default: DATE_TIME },
    httpBindings: settings.httpBindings,
    serviceNamespace: '',
    xmlNamespace: settings.xmlNamespace ?? '',
  } as const
  const write = (schema: NormalizedSchema, value: unknown): string => {
    const serializer = new XmlShapeSerializer(codecSettings)
    serializer.write(schema, value)
    return String(serializer.flush()).replace(UNWRITABLE, '')
  }
  return {
    read: (schema: NormalizedSchema, body: Buffer): Record<string, unknown> =>
      (new XmlShapeDeserializer(codecSettings).read(schema, body) ?? {}) as Record<string, unknown>,
    /** The element of a structure. */
    write,
    /** What stands inside the element of a structure. */
    writeContent: (schema: NormalizedSchema, value: unknown): string => {
      const element = write(schema, value)
      const open = element.indexOf('>')
      return element[open - 1] === '/' ? '' : element.slice(open + 1, element.lastIndexOf('</'))
    },
  }
}
