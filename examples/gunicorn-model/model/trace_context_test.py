import unittest

try:
    from trace_context import trace_context
except ImportError as missing:
    raise unittest.SkipTest(str(missing)) from None

ROOT = '1-5759e988-bd862e3fe1be46a994272793'
PARENT = '53995c3f42cd8ad8'
HEADER = f'Root={ROOT};Parent={PARENT};Sampled=1'


class TraceContext(unittest.TestCase):
    def test_is_found_alone_and_among_other_attributes(self):
        for attributes in [
            f'X-Amzn-Trace-Id={HEADER}',
            HEADER,
            f'tenant=7,X-Amzn-Trace-Id={HEADER}',
            f'X-Amzn-Trace-Id={HEADER},tenant=7',
            f'c000b4f9-df62-4c85-a0bf-7c525f9104a4 X-Amzn-Trace-Id={HEADER} more',
            f'trace={HEADER}',
        ]:
            with self.subTest(attributes):
                header = trace_context(attributes)
                self.assertEqual((header.root, header.parent, header.sampled), (ROOT, PARENT, 1))

    def test_carries_the_decision_as_it_is(self):
        for text, sampled in [(';Sampled=0', 0), (';Sampled=?', '?'), ('', None), (';Sampled=yes', None)]:
            with self.subTest(text):
                self.assertEqual(trace_context(f'X-Amzn-Trace-Id=Root={ROOT}{text}').sampled, sampled)

    def test_keeps_what_further_services_want(self):
        header = trace_context(f'X-Amzn-Trace-Id={HEADER};Lineage=a87bd80c:1|68fd508a:5;Self={ROOT}')
        self.assertEqual(header.data, {'Lineage': 'a87bd80c:1|68fd508a:5'})

    def test_is_empty_where_there_is_none_that_x_ray_would_take(self):
        for attributes in [
            '',
            'tenant=7',
            'X-Amzn-Trace-Id=',
            'X-Amzn-Trace-Id=Root=',
            f'X-Amzn-Trace-Id=Parent={PARENT};Sampled=1',
            'X-Amzn-Trace-Id=Root=1-5759e988-bd862e3fe1be46a99427279;Parent=53995c3f42cd8ad8;Sampled=1',
            'X-Amzn-Trace-Id=Root=1-5759e988-BD862E3FE1BE46A994272793;Sampled=1',
            f'notRoot={ROOT}',
            'X-Amzn-Trace-Id=Root=x;y;z',
        ]:
            with self.subTest(attributes):
                header = trace_context(attributes)
                self.assertEqual((header.root, header.parent, header.sampled), (None, None, None))

    def test_drops_a_malformed_parent_alone(self):
        header = trace_context(f'X-Amzn-Trace-Id=Root={ROOT};Parent=53995c3f;Sampled=1')
        self.assertEqual((header.root, header.parent, header.sampled), (ROOT, None, 1))
