import threading
import unittest

from api_emitter import BATCH_DOCUMENTS, MAX_DOCUMENT_BYTES, ApiEmitter

#: Seconds, for what ends earlier unless it is broken.
LONG = 20


class Segment:
    def __init__(self, text):
        self.text = text

    def serialize(self):
        return self.text


class Api:
    """Takes documents once it is opened."""

    def __init__(self, fails=False):
        self.batches = []
        self.fails = fails
        self.opened = threading.Event()
        self.called = threading.Event()

    def put(self, documents):
        self.called.set()
        if not self.opened.wait(LONG):
            raise AssertionError('never opened')
        if self.fails:
            raise RuntimeError('no route to host')
        self.batches.append(documents)
        return {'UnprocessedTraceSegments': []}


class Emitter(unittest.TestCase):
    def test_sends_everything_in_order_and_in_batches(self):
        api = Api()
        api.opened.set()
        emitter = ApiEmitter(api.put, linger=LONG)
        texts = [f'{{"id": {i}}}' for i in range(2 * BATCH_DOCUMENTS + 7)]
        for text in texts:
            emitter.send_entity(Segment(text))
        emitter.close(LONG)
        self.assertEqual([text for batch in api.batches for text in batch], texts)
        self.assertEqual([len(batch) for batch in api.batches], [BATCH_DOCUMENTS, BATCH_DOCUMENTS, 7])
        self.assertEqual(emitter.dropped, 0)

    def test_drops_and_counts_what_is_too_much_without_blocking(self):
        api = Api()
        emitter = ApiEmitter(api.put, capacity=3, linger=0)
        emitter.send_entity(Segment('first'))
        self.assertTrue(api.called.wait(LONG))
        for i in range(5):
            emitter.send_entity(Segment(str(i)))
        self.assertEqual(emitter.dropped, 2)
        api.opened.set()
        emitter.close(LONG)
        self.assertEqual([text for batch in api.batches for text in batch], ['first', '0', '1', '2'])

    def test_drops_and_counts_what_x_ray_would_refuse_for_its_size(self):
        api = Api()
        api.opened.set()
        emitter = ApiEmitter(api.put, linger=0)
        emitter.send_entity(Segment('é' * (MAX_DOCUMENT_BYTES // 2 + 1)))
        emitter.send_entity(Segment('x' * MAX_DOCUMENT_BYTES))
        emitter.close(LONG)
        self.assertEqual([len(text) for batch in api.batches for text in batch], [MAX_DOCUMENT_BYTES])
        self.assertEqual(emitter.dropped, 1)

    def test_sends_large_documents_in_several_calls(self):
        api = Api()
        api.opened.set()
        emitter = ApiEmitter(api.put, linger=LONG)
        texts = [str(i % 10) * 60_000 for i in range(20)]
        for text in texts:
            emitter.send_entity(Segment(text))
        emitter.close(LONG)
        self.assertEqual([text for batch in api.batches for text in batch], texts)
        self.assertEqual([len(batch) for batch in api.batches], [16, 4])

    def test_goes_on_after_a_failed_call_and_counts_its_documents(self):
        api = Api(fails=True)
        api.opened.set()
        emitter = ApiEmitter(api.put, linger=0)
        with self.assertLogs('api_emitter', 'WARNING') as logs:
            emitter.send_entity(Segment('lost'))
            emitter.close(LONG)
        self.assertIn('1 segments are lost (1 so far): no route to host', logs.output[0])
        self.assertEqual(emitter.dropped, 1)

    def test_logs_what_x_ray_refuses(self):
        refusal = {'Id': '53995c3f42cd8ad8', 'ErrorCode': 'MissingTraceId'}
        emitter = ApiEmitter(lambda _documents: {'UnprocessedTraceSegments': [refusal]}, linger=0)
        with self.assertLogs('api_emitter', 'WARNING') as logs:
            emitter.send_entity(Segment('{}'))
            emitter.close(LONG)
        self.assertIn('MissingTraceId', logs.output[0])

    def test_does_not_raise_into_a_request(self):
        class Broken:
            def serialize(self):
                raise TypeError('not JSON')

        emitter = ApiEmitter(lambda documents: {}, linger=0)
        with self.assertLogs('api_emitter', 'ERROR'):
            emitter.send_entity(Broken())
        emitter.close(LONG)
