"""
Starts the model server: `python3 serve.py`. SageMaker adds the argument `serve`.

Where this Python lacks Gunicorn or the X-Ray SDK, another one on the `PATH` is looked for; `--check` only says whether
the server could start, and what is missing.
"""
from __future__ import annotations

import argparse
import os
import sys
from importlib.util import find_spec

import interpreters

HERE = os.path.dirname(os.path.abspath(__file__))


def run() -> None:
    # Imported late: this file must run where there is no Gunicorn, and say so.
    from gunicorn.app.wsgiapp import WSGIApplication

    os.chdir(HERE)
    configuration = os.path.join(HERE, 'gunicorn.conf.py')
    sys.argv = [sys.argv[0], '--config', configuration, 'server:create_application()']
    WSGIApplication().run()


def main() -> None:
    parser = argparse.ArgumentParser(description='Serves the model by the SageMaker container contract.')
    parser.add_argument('command', nargs='?', choices=['serve'], default='serve')
    parser.add_argument('--check', action='store_true', help='say whether the server could start, and end')
    parser.add_argument(
        '--library', action='append', metavar='FOLDER', help='a folder to add at the end of the module path'
    )
    arguments = parser.parse_args()

    sys.path.extend(arguments.library or [])
    if any(find_spec(module) is None for module in interpreters.MODULES):
        plan, found = interpreters.find()
        if plan is None:
            sys.exit(interpreters.explain(found))
        if not arguments.check:
            libraries = [word for folder in plan.libraries for word in ('--library', folder)]
            executable = plan.interpreter.executable
            # The same process: whoever signals it must reach Gunicorn.
            os.execv(executable, [executable, os.path.abspath(__file__), *libraries])
    if not arguments.check:
        run()


if __name__ == '__main__':
    main()
