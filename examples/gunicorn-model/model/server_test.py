import io
import json
import unittest

try:
    from aws_xray_sdk.core import xray_recorder

    import tracing
    from server import ModelServer
except ImportError as missing:
    raise unittest.SkipTest(str(missing)) from None

from forest import Forest

CONTEXT = 'X-Amzn-Trace-Id=Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1'

#: Its second tree looks at a feature that there is not: a model that is broken.
BROKEN = Forest('v1', 0.5, ('hour',), 0.0, [0.1, (1, 0.0, 0.0, 0.0)])


class Collector:
    def __init__(self):
        self.documents = []

    def send_entity(self, entity):
        self.documents.append(json.loads(entity.serialize()))


class BrokenModel(unittest.TestCase):
    def setUp(self):
        self.collector = Collector()
        xray_recorder.configure(emitter=self.collector)

    def invoke(self, application):
        body = b'{"instances": [[7]]}'
        environ = {
            'REQUEST_METHOD': 'POST',
            'PATH_INFO': '/invocations',
            'SERVER_NAME': 'localhost',
            'SERVER_PORT': '8080',
            'HTTP_X_AMZN_SAGEMAKER_CUSTOM_ATTRIBUTES': CONTEXT,
            'CONTENT_TYPE': 'application/json',
            'wsgi.url_scheme': 'http',
            'wsgi.input': io.BytesIO(body),
        }
        answered = []
        parts = application(environ, lambda status, headers: answered.append(status))
        return answered, b''.join(parts)

    def test_is_answered_with_500_without_internals(self):
        with self.assertLogs('server', 'ERROR') as logs:
            status, body = self.invoke(tracing.TraceMiddleware(ModelServer(BROKEN)))
        self.assertEqual(status, ['500 Internal Server Error'])
        self.assertEqual(json.loads(body), {'error': 'The model could not be run.'})
        self.assertIn('IndexError', logs.output[0])

    def test_has_one_cause_in_the_trace_where_it_arose(self):
        with self.assertLogs('server', 'ERROR'):
            self.invoke(tracing.TraceMiddleware(ModelServer(BROKEN)))
        [segment] = self.collector.documents
        self.assertEqual((segment['fault'], segment['http']['response']['status']), (True, 500))
        parse, predict = segment['subsegments']
        self.assertEqual((parse['name'], predict['name']), ('## parse', '## predict'))
        [exception] = predict['cause']['exceptions']
        self.assertEqual(exception['type'], 'IndexError')
        self.assertEqual(segment['cause'], exception['id'])
        self.assertNotIn('cause', parse)

    def test_leaves_no_segment_open_when_the_application_raises(self):
        def raising(environ, start_response):
            raise KeyboardInterrupt

        with self.assertRaises(KeyboardInterrupt):
            self.invoke(tracing.TraceMiddleware(raising))
        self.assertEqual(len(self.collector.documents), 1)
        self.assertNotIn('in_progress', [key for key, value in self.collector.documents[0].items() if value])


class Worker(unittest.TestCase):
    def test_has_a_recorder_of_its_own(self):
        import os
        from unittest import mock

        with mock.patch.dict(os.environ, {'AWS_XRAY_DAEMON_ADDRESS': '127.0.0.1:2001'}):
            tracing.start_in_worker()
            first = (xray_recorder.emitter, xray_recorder.sampler)
            tracing.start_in_worker()
        self.assertEqual((xray_recorder.emitter.ip, xray_recorder.emitter.port), ('127.0.0.1', 2001))
        self.assertIsNot(xray_recorder.emitter, first[0])
        self.assertIsNot(xray_recorder.sampler, first[1])
