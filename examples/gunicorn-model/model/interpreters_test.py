import sys
import unittest

from interpreters import BOUND, MODULES, Interpreter, choose, explain, probe


def interpreter(name, modules, version='3.13'):
    return Interpreter(f'/{name}/python3', version, {module: f'/{name}/lib' for module in modules})


WHOLE = interpreter('whole', MODULES)
SDK = interpreter('sdk', BOUND)
SYSTEM = interpreter('system', ['gunicorn'])
OLD_SYSTEM = interpreter('old', ['gunicorn'], '3.9')
BARE = interpreter('bare', [])


class Choice(unittest.TestCase):
    def test_is_the_first_that_has_everything(self):
        for found in [[WHOLE], [SDK, SYSTEM, WHOLE], [BARE, WHOLE]]:
            plan = choose(found)
            self.assertEqual((plan.interpreter, plan.libraries), (WHOLE, ()))

    def test_is_one_with_the_sdk_that_borrows_gunicorn_from_another_of_its_version(self):
        for found in [[SDK, SYSTEM], [SYSTEM, SDK], [OLD_SYSTEM, SDK, BARE, SYSTEM]]:
            plan = choose(found)
            self.assertEqual((plan.interpreter, plan.libraries), (SDK, ('/system/lib',)))

    def test_is_none_where_something_is_nowhere_or_of_another_version(self):
        part = interpreter('part', ['gunicorn', 'aws_xray_sdk', 'botocore'])
        for found in [[], [SDK], [SYSTEM], [SDK, OLD_SYSTEM], [part, SYSTEM], [BARE]]:
            self.assertIsNone(choose(found))


class Explanation(unittest.TestCase):
    def test_names_what_each_lacks_and_installs_into_the_one_that_lacks_least(self):
        text = explain([SYSTEM, SDK])
        self.assertIn('Python 3.13 (/system/python3) has no aws_xray_sdk, botocore, wrapt.', text)
        self.assertIn('Python 3.13 (/sdk/python3) has no gunicorn.', text)
        self.assertRegex(text, r'/sdk/python3 -m pip install -r /.*/requirements\.txt$')


class Probe(unittest.TestCase):
    def test_tells_what_an_interpreter_has(self):
        found = probe(sys.executable)
        self.assertEqual(found.version, f'{sys.version_info[0]}.{sys.version_info[1]}')
        self.assertLessEqual(set(found.folders), set(MODULES))

    def test_is_nothing_for_what_is_no_python(self):
        self.assertIsNone(probe('/bin/echo'))
        self.assertIsNone(probe('/nowhere/python3'))
