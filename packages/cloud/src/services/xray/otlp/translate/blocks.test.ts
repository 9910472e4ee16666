import { describe, expect, it } from 'vitest'
import { SPAN_KIND } from '../model.ts'
import { attributes, documentOf, testSpan, type Values } from '../testing.ts'

const { client, server } = SPAN_KIND

describe('the http block', () => {
  it.each<[string, number, Values, string | undefined]>([
    ['whole', client, { 'url.full': 'https://a.com/x?y=1' }, 'https://a.com/x?y=1'],
    ['whole, older', client, { 'http.url': 'https://a.com/x' }, 'https://a.com/x'],
    [
      'of parts',
      client,
      {
        'url.scheme': 'https',
        'server.address': 'a.com',
        'server.port': 8443,
        'url.path': '/x',
        'url.query': 'y=1',
      },
      'https://a.com:8443/x?y=1',
    ],
    [
      'with the usual port',
      client,
      { 'http.method': 'GET', 'server.address': 'a.com', 'server.port': 80 },
      'http://a.com/',
    ],
    [
      'with the usual port of https',
      server,
      { 'http.scheme': 'https', 'net.host.name': 'a.com', 'net.host.port': '443', 'http.target': '/x' },
      'https://a.com/x',
    ],
    [
      'of the host header',
      client,
      { 'http.host': 'a.com:81', 'net.peer.port': 82, 'http.target': '/x' },
      'http://a.com:81/x',
    ],
    [
      'of the peer’s address',
      client,
      { 'http.method': 'GET', 'net.peer.ip': '10.0.0.1', 'net.peer.port': 8080 },
      'http://10.0.0.1:8080/',
    ],
    ['of no host', client, { 'http.method': 'GET', 'http.target': '/x' }, undefined],
    [
      'of a server’s peer, which is no host',
      server,
      { 'http.method': 'GET', 'net.peer.ip': '10.0.0.1' },
      undefined,
    ],
  ])('has a URL %s', (_, kind, values, url) => {
    const { http } = documentOf(testSpan({ kind }, values)) as { http?: { request?: { url?: string } } }
    expect(http?.request?.url).toBe(url)
  })

  it.each<[Values, object | undefined]>([
    [{ 'client.address': '10.0.0.9' }, { client_ip: '10.0.0.9', x_forwarded_for: true }],
    [
      { 'http.client_ip': '10.0.0.9', 'net.peer.ip': '10.0.0.1' },
      { client_ip: '10.0.0.9', x_forwarded_for: true },
    ],
    [
      { 'http.method': 'GET', 'network.peer.address': '::1' },
      { method: 'GET', client_ip: '::1' },
    ],
    [
      { 'http.method': 'GET', 'client.address': 'somebody', 'net.peer.ip': '10.0.0.1' },
      { method: 'GET', client_ip: '10.0.0.1' },
    ],
    [{ 'user_agent.original': 'curl', 'http.user_agent': 'older' }, { user_agent: 'curl' }],
    [{ 'http.request.method': 'PUT', 'http.method': 'GET' }, { method: 'PUT' }],
  ])('tells who asked: %o', (values, request) => {
    const { http } = documentOf(testSpan({ kind: server }, values)) as { http?: { request?: object } }
    expect(http?.request).toEqual(request)
  })

  it('has the size of the answer, from the span or from an event', () => {
    const received = { 'message.type': 'RECEIVED', 'messaging.message.body.size': 12 }
    const event = { time: 1n, name: 'message', attributes: attributes(received) }
    const sizes = [
      testSpan({}, { 'http.status_code': 200, ...received }),
      testSpan({ events: [event] }, { 'http.status_code': 200 }),
      testSpan({}, { 'http.status_code': 200 }),
    ].map(span => documentOf(span).http)
    expect(sizes).toEqual([12, 12, 0].map(size => ({ response: { status: 200, content_length: size } })))
  })

  it('takes its attributes; a span that is not of HTTP keeps them', () => {
    const peer = { 'server.address': 'db', 'server.port': 5432 }
    expect(documentOf(testSpan({}, { 'http.method': 'GET', ...peer }))).not.toHaveProperty('metadata')
    const database = documentOf(testSpan({}, peer))
    expect(database).not.toHaveProperty('http')
    expect(database.metadata).toEqual({ default: peer })
  })
})

describe('the aws and sql blocks', () => {
  it('describe a call', () => {
    const call = {
      'aws.operation': 'GetItem',
      'rpc.method': 'other',
      'aws.account_id': '123456789012',
      'aws.region': 'eu-west-1',
      'aws.requestId': 'abc',
      'aws.queue_url': 'https://sqs/q',
      'aws.table.name': 'airports',
    }
    const document = documentOf(testSpan({ kind: client }, call), { 'cloud.account.id': '999999999999' })
    expect(document.aws).toEqual({
      operation: 'GetItem',
      account_id: '123456789012',
      region: 'eu-west-1',
      request_id: 'abc',
      queue_url: 'https://sqs/q',
      table_name: 'airports',
      xray: { auto_instrumentation: false },
    })
    expect(document).not.toHaveProperty('metadata')
  })

  it.each<[Values, object]>([
    [{ 'aws.dynamodb.table_names': ['a'] }, { table_name: 'a' }],
    [{ 'aws.dynamodb.table_names': ['a', 'b'] }, { table_names: ['a', 'b'] }],
    [{ 'aws.dynamodb.table_names': 'a', 'aws.table_name': 'b' }, { table_name: 'a' }],
    [{ 'messaging.url': 'u', 'aws.queue.url': 'v' }, { queue_url: 'u' }],
  ])('prefer the semantic conventions: %o', (values, expected) => {
    expect(documentOf(testSpan({}, values)).aws).toEqual({
      ...expected,
      xray: { auto_instrumentation: false },
    })
  })

  it.each<[string, Values, object]>([
    [
      'aws_ec2',
      { 'host.id': 'i-1', 'cloud.availability_zone': 'a', 'host.type': 't', 'host.image.id': 'ami' },
      {
        ec2: { instance_id: 'i-1', availability_zone: 'a', instance_size: 't', ami_id: 'ami' },
      },
    ],
    [
      'aws_ecs',
      { 'container.name': 'c', 'aws.ecs.launchtype': 'fargate', 'aws.ecs.task.family': 'f' },
      {
        ecs: { container: 'c', launch_type: 'fargate', task_family: 'f' },
      },
    ],
    [
      'aws_eks',
      { 'k8s.cluster.name': 'k', 'k8s.pod.name': 'p', 'container.id': 'c' },
      {
        eks: { cluster_name: 'k', pod: 'p', container_id: 'c' },
      },
    ],
    [
      'aws_elastic_beanstalk',
      { 'service.namespace': 'e', 'service.instance.id': '23', 'service.version': 'v' },
      {
        elastic_beanstalk: { environment_name: 'e', deployment_id: 23, version_label: 'v' },
      },
    ],
  ])('describe where the code runs: %s', (platform, values, block) => {
    const document = documentOf(testSpan(), {
      'cloud.provider': 'aws',
      'cloud.platform': platform,
      ...values,
    })
    expect(document.aws).toMatchObject(block)
  })

  it('name the log groups and the SDK', () => {
    const arn = 'arn:aws:logs:us-east-1:123456789123:log-group:group1'
    const sdk = {
      'telemetry.sdk.name': 'opentelemetry',
      'telemetry.sdk.language': 'java',
      'telemetry.sdk.version': '1.2.3',
      'telemetry.auto.version': '3.4.5',
    }
    const { aws } = documentOf(testSpan(), {
      ...sdk,
      'aws.log.group.arns': [arn],
      'aws.log.group.names': ['x'],
    })
    expect(aws).toEqual({
      cloudwatch_logs: [{ log_group: 'group1', arn }],
      xray: { sdk: 'opentelemetry for java', sdk_version: '1.2.3', auto_instrumentation: true },
    })
    expect(documentOf(testSpan(), { 'aws.log.group.names': 'a&b' }).aws).toMatchObject({
      cloudwatch_logs: [{ log_group: 'a' }, { log_group: 'b' }],
    })
  })

  it('are left out for another cloud', () => {
    const document = documentOf(testSpan(), { 'cloud.provider': 'gcp', 'cloud.platform': 'aws_ec2' })
    expect(document).not.toHaveProperty('aws')
    expect(document).not.toHaveProperty('origin')
  })

  it.each<[Values, string | undefined]>([
    [{ 'cloud.platform': 'aws_app_runner' }, 'AWS::AppRunner::Service'],
    [{ 'cloud.platform': 'aws_eks' }, 'AWS::EKS::Container'],
    [{ 'cloud.platform': 'aws_elastic_beanstalk' }, 'AWS::ElasticBeanstalk::Environment'],
    [{ 'cloud.platform': 'aws_ecs' }, 'AWS::ECS::Container'],
    [{ 'cloud.platform': 'aws_ecs', 'aws.ecs.launchtype': 'ec2' }, 'AWS::ECS::EC2'],
    [{ 'cloud.platform': 'aws_ecs', 'aws.ecs.launchtype': 'fargate' }, 'AWS::ECS::Fargate'],
    [{ 'cloud.platform': 'aws_ec2' }, 'AWS::EC2::Instance'],
    [{ 'cloud.platform': 'aws_lambda' }, undefined],
    [{}, undefined],
  ])('tell the origin of %o', (values, origin) => {
    expect(documentOf(testSpan(), { 'cloud.provider': 'aws', ...values }).origin).toBe(origin)
  })

  it('describe a query', () => {
    const query = {
      'db.system': 'mysql',
      'db.name': 'customers',
      'db.connection_string': 'mysql://db.dev.example.com:3306',
      'db.statement': 'SELECT 1',
      'db.user': 'reader',
    }
    const document = documentOf(testSpan({ kind: client, name: 'SELECT customers' }, query))
    expect(document.sql).toEqual({
      url: 'SELECT customers',
      connection_string: 'mysql://db.dev.example.com:3306/customers',
      sanitized_query: 'SELECT 1',
      database_type: 'mysql',
      user: 'reader',
    })
    expect(document).not.toHaveProperty('metadata')
  })

  it('leave a database of another kind to the metadata', () => {
    const query = { 'db.system': 'mongodb', 'db.statement': 'find' }
    const document = documentOf(testSpan({}, query))
    expect(document).not.toHaveProperty('sql')
    expect(document.metadata).toEqual({ default: query })
  })
})
