import json
import unittest

from instances import MAX_INSTANCES, InvalidInstances, read_instances

NAMES = ('hour', 'distance')


def read(text, content_type='application/json'):
    return [list(row) for row in read_instances(text.encode(), content_type, NAMES)]


class Instances(unittest.TestCase):
    def test_are_read_from_json_and_csv(self):
        for text, content_type in [
            ('{"instances": [[17, 0.5], [-1e3, 2]]}', ''),
            ('{"instances": [[17, 0.5], [-1e3, 2]]}', 'Application/JSON; charset=utf-8'),
            ('17,0.5\r\n\r\n -1e3 , 2\n', 'text/csv'),
            ('+17.,.5\n-1000,2', 'text/csv'),
        ]:
            with self.subTest(text):
                self.assertEqual(read(text, content_type), [[17, 0.5], [-1000, 2]])

    def test_are_rounded_to_float32_as_the_thresholds_are(self):
        self.assertEqual(read('{"instances": [[0.1, 16777217]]}'), [[0.10000000149011612, 16777216]])

    def test_are_refused_by_name(self):
        json_type, csv_type = 'application/json', 'text/csv'
        for text, content_type, message in [
            ('', json_type, 'The body is not JSON.'),
            ('\ufeff{}', json_type, 'The body is not JSON.'),
            ('[' * 100_000, json_type, 'The body is not JSON.'),
            ('{"instances": [[Infinity, 1]]}', json_type, 'The body is not JSON.'),
            ('{}', json_type, 'The body must be {"instances": [[…], …]}.'),
            ('{"instances": []}', json_type, 'There are no instances.'),
            ('{"instances": [[1, 2], [1]]}', json_type, 'instances[1] must have 2 numbers: hour, distance.'),
            ('{"instances": [{"hour": 1}]}', json_type, 'instances[0] must have 2 numbers: hour, distance.'),
            ('{"instances": [[1, true]]}', json_type, 'instances[0]: distance must be a finite number.'),
            ('{"instances": [["1", 2]]}', json_type, 'instances[0]: hour must be a finite number.'),
            ('{"instances": [[1e39, 2]]}', json_type, 'instances[0]: hour must be a finite number.'),
            (f'{{"instances": [[{10**400}, 2]]}}', json_type, 'instances[0]: hour must be a finite number.'),
            ('1,2\n3', csv_type, 'Line 2 must have 2 numbers: hour, distance.'),
            ('1,', csv_type, 'Line 1: distance must be a finite number.'),
            ('1_0,2', csv_type, 'Line 1: hour must be a finite number.'),
            ('inf,2', csv_type, 'Line 1: hour must be a finite number.'),
            ('١,2', csv_type, 'Line 1: hour must be a finite number.'),
        ]:
            with self.subTest(text[:60]):
                with self.assertRaises(InvalidInstances) as raised:
                    read(text, content_type)
                self.assertEqual((str(raised.exception), raised.exception.status), (message, 400))

    def test_are_limited_in_number(self):
        row = [1, 2]
        self.assertEqual(len(read(json.dumps({'instances': [row] * MAX_INSTANCES}))), MAX_INSTANCES)
        with self.assertRaisesRegex(InvalidInstances, '4097 instances; 4096 are accepted'):
            read(json.dumps({'instances': [row] * (MAX_INSTANCES + 1)}))

    def test_of_another_type_are_refused_with_415(self):
        with self.assertRaises(InvalidInstances) as raised:
            read('1,2', 'text/html')
        self.assertEqual(raised.exception.status, 415)
        self.assertIn('text/html is not accepted; send application/json or text/csv', str(raised.exception))
