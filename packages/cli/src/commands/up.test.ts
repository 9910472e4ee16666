/** `sonde up` on small apps whose "synthesis" writes the cloud assembly by hand. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'

const SONDE = join(import.meta.dirname, '..', '..', 'bin', 'sonde.mjs')

const ROLE = {
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: ['lambda.amazonaws.com', 'sagemaker.amazonaws.com'] },
          Action: 'sts:AssumeRole',
        },
      ],
    },
  },
}
const ROLE_ARN = { 'Fn::GetAtt': ['Role', 'Arn'] }

/** An API whose root runs `code`. */
const api = (code: string, more: object = {}) => ({
  Role: ROLE,
  Function: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: ROLE_ARN,
      Code: { ZipFile: code },
      ...more,
    },
  },
  Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'api' } },
  Get: {
    Type: 'AWS::ApiGateway::Method',
    Properties: {
      RestApiId: { Ref: 'Api' },
      ResourceId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] },
      HttpMethod: 'GET',
      AuthorizationType: 'NONE',
      Integration: {
        Type: 'AWS_PROXY',
        IntegrationHttpMethod: 'POST',
        Uri: {
          'Fn::Sub':
            'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Function.Arn}/invocations',
        },
      },
    },
  },
  Deployment: {
    Type: 'AWS::ApiGateway::Deployment',
    DependsOn: ['Get'],
    Properties: { RestApiId: { Ref: 'Api' } },
  },
  Stage: {
    Type: 'AWS::ApiGateway::Stage',
    Properties: { RestApiId: { Ref: 'Api' }, DeploymentId: { Ref: 'Deployment' }, StageName: 'prod' },
  },
  Permission: {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      FunctionName: { Ref: 'Function' },
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
    },
  },
})

const model = (command: string[]) => ({
  Role: ROLE,
  Model: {
    Type: 'AWS::SageMaker::Model',
    Properties: { ExecutionRoleArn: ROLE_ARN, PrimaryContainer: { Image: 'model' } },
    Metadata: { 'sonde:container': { command, directory: '.' } },
  },
  Config: {
    Type: 'AWS::SageMaker::EndpointConfig',
    Properties: {
      ProductionVariants: [
        {
          VariantName: 'AllTraffic',
          ModelName: { 'Fn::GetAtt': ['Model', 'ModelName'] },
          InitialInstanceCount: 1,
          InstanceType: 'ml.m5.large',
          InitialVariantWeight: 1,
        },
      ],
    },
  },
  Endpoint: {
    Type: 'AWS::SageMaker::Endpoint',
    Properties: { EndpointConfigName: { 'Fn::GetAtt': ['Config', 'EndpointConfigName'] } },
  },
})

const URL_OUTPUT = {
  Url: { Value: { 'Fn::Sub': 'https://${Api}.execute-api.${AWS::Region}.amazonaws.com/prod/' } },
}

const folders: string[] = []
const children: ChildProcess[] = []
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null) continue
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A folder with an app whose synthesis copies the given template. */
const writeApp = (resources: object, outputs: object = {}): string => {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-up-'))
  folders.push(folder)
  mkdirSync(join(folder, 'infra'))
  const template = JSON.stringify({ Resources: resources, Outputs: outputs })
  writeFileSync(join(folder, 'cdk.json'), '{"app":"node infra/app.mjs"}')
  writeFileSync(join(folder, 'sonde.json'), '{"request":{"output":"Url","method":"GET"}}')
  writeFileSync(
    join(folder, 'infra', 'app.mjs'),
    `import { mkdirSync, writeFileSync } from 'node:fs'
const out = process.env.CDK_OUTDIR
mkdirSync(out, { recursive: true })
writeFileSync(out + '/template.json', ${JSON.stringify(template)})
writeFileSync(out + '/manifest.json', JSON.stringify({ artifacts: { App: {
  type: 'aws:cloudformation:stack', environment: 'aws://unknown-account/unknown-region',
  properties: { templateFile: 'template.json' } } } }))
`,
  )
  return folder
}

/** Runs `sonde up` to its ready line, or to its end. */
const up = async (folder: string) => {
  const child = spawn(process.execPath, [SONDE, 'up', folder, '--port', '0', '--daemon-port', '0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (output += chunk))
  await expect
    .poll(() => child.exitCode !== null || output.includes('sonde ready'), { timeout: 25_000 })
    .toBe(true)
  return { code: child.exitCode, output: () => output, url: /predictions (\S+)/.exec(output)?.[1] ?? '' }
}

describe('sonde up', () => {
  it('runs an app that is not ours, and deploys again what changed', async () => {
    const folder = writeApp(
      api('exports.handler = async () => ({ statusCode: 200, body: "one" })'),
      URL_OUTPUT,
    )
    const first = await up(folder)
    expect(await (await fetch(first.url)).text()).toBe('one')
    children[0]?.kill('SIGTERM')
    await once(children[0] as ChildProcess, 'exit')

    const changed = writeApp(
      api('exports.handler = async () => ({ statusCode: 200, body: "two" })'),
      URL_OUTPUT,
    )
    rmSync(join(folder, 'infra'), { recursive: true })
    cpSync(join(changed, 'infra'), join(folder, 'infra'), { recursive: true })
    const second = await up(folder)
    expect(second.output()).toContain('Stack App updated in')
    expect(await (await fetch(second.url)).text()).toBe('two')
  })

  it('refuses a type that nobody provides by its name, before anything is created', async () => {
    const { code, output } = await up(writeApp({ Role: ROLE, Stream: { Type: 'AWS::Kinesis::Stream' } }))
    expect(code).toBe(1)
    expect(output()).toMatch(/^sonde: .*AWS::Kinesis::Stream.*Stream/m)
    expect(output()).not.toContain('    at ')
  })

  it('says why an endpoint cannot serve: a model that fails /ping', async () => {
    const failing =
      "require('http').createServer((q, r) => { r.statusCode = 500; r.end('weights missing') }).listen(process.env.SAGEMAKER_BIND_TO_PORT, () => setTimeout(() => { console.error('weights missing'); process.exit(1) }, 300))"
    const { code, output } = await up(writeApp(model(['node', '-e', failing])))
    expect(code).toBe(1)
    expect(output()).toMatch(
      /sonde: Stack App could not be deployed \(ROLLBACK_COMPLETE\)\.\nEndpoint .*weights missing/s,
    )
  })

  it('shows the words of an app that cannot be synthesized', async () => {
    const folder = writeApp({})
    writeFileSync(join(folder, 'infra', 'app.mjs'), "throw new Error('no such construct')")
    const { code, output } = await up(folder)
    expect(code).toBe(1)
    expect(output()).toContain('sonde: The app could not be synthesized: "node infra/app.mjs" ended with 1.')
    expect(output()).toContain('no such construct')
  })
})

describe('a function that fails', () => {
  it.each([
    ['throws', 'exports.handler = async () => { throw new Error("bad weather") }', {}, 'bad weather'],
    ['exits', 'exports.handler = async () => process.exit(3)', {}, 'exit status 3'],
    [
      'times out',
      'exports.handler = () => new Promise(() => setInterval(() => {}, 1000))',
      { Timeout: 1 },
      'Task timed out after 1.00 seconds',
    ],
  ])('because it %s answers 502 as AWS does, and says why in the log', async (_how, code, more, reason) => {
    const { url, output } = await up(writeApp(api(code, more), URL_OUTPUT))
    for (let attempt = 0; attempt < 2; attempt++) {
      const response = await fetch(url)
      expect([response.status, await response.json()]).toEqual([502, { message: 'Internal server error' }])
    }
    await expect.poll(output).toContain(reason)
  })
})
