import { Code } from 'aws-cdk-lib/aws-lambda'
import { buildSync } from 'esbuild'

/**
 * A function of the watch as a text in the template, for those who deploy without assets. The SDK is that of Lambda's runtime; the
 * text is CommonJS, which is what CloudFormation makes of an inline function, and is not minified: who deploys it can read it.
 *
 * @param entry path of the source that exports `handler`
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-lambda-function-code.html
 */
export const inlineCode = (entry: string): Code => {
  const { outputFiles } = buildSync({
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    external: ['@aws-sdk/*'],
    legalComments: 'none',
    logLevel: 'warning',
  })
  // Paths of the machine that it was built on.
  const text = (outputFiles[0]?.text ?? '').replace(/^\/\/ .*\.ts\n/gm, '')
  return Code.fromInline(text)
}
