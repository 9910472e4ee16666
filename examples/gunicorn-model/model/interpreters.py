"""
Finds a Python that can run the server. Gunicorn often comes with the system's Python and the X-Ray SDK with one's own;
as Gunicorn is pure Python, one's own can run the system's, where both are of the same version.
"""
from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Iterator, Sequence

#: Pure Python: may be borrowed from another interpreter.
PORTABLE = ('gunicorn',)

#: What the X-Ray SDK needs is as good as part of it, and partly compiled for one interpreter.
BOUND = ('aws_xray_sdk', 'botocore', 'wrapt')

MODULES = PORTABLE + BOUND

#: Seconds that an interpreter may take to say what it has.
PROBE_TIMEOUT = 10

PROBE = """
import json, os, sys
from importlib.util import find_spec
def folder(name):
    spec = find_spec(name)
    return os.path.dirname(os.path.dirname(spec.origin)) if spec and spec.origin else None
found = {name: folder(name) for name in sys.argv[1:]}
print(json.dumps({
    'executable': sys.executable,
    'version': '.'.join(map(str, sys.version_info[:2])),
    'folders': {name: path for name, path in found.items() if path},
}))
"""


@dataclass(frozen=True)
class Interpreter:
    executable: str
    #: Such as `3.11`.
    version: str
    #: For each module that it can import, the folder that must be on `sys.path`.
    folders: dict

    def missing(self, modules: Sequence[str] = MODULES) -> list[str]:
        return [module for module in modules if module not in self.folders]


@dataclass(frozen=True)
class Plan:
    interpreter: Interpreter
    #: Folders to add at the end of `sys.path`.
    libraries: tuple


def choose(interpreters: Sequence[Interpreter]) -> Plan | None:
    """The first that has everything, else the first that can borrow what it lacks."""
    for interpreter in interpreters:
        if not interpreter.missing():
            return Plan(interpreter, ())
    for interpreter in interpreters:
        if interpreter.missing(BOUND):
            continue
        lenders = [
            other
            for other in interpreters
            if other.version == interpreter.version and not other.missing(PORTABLE)
        ]
        if lenders:
            lacking = interpreter.missing(PORTABLE)
            return Plan(interpreter, tuple(dict.fromkeys(lenders[0].folders[name] for name in lacking)))
    return None


def explain(interpreters: Sequence[Interpreter]) -> str:
    """What is missing and how to install it, for people."""
    first = min(interpreters, key=lambda interpreter: len(interpreter.missing()))
    lines = [
        f'Python {interpreter.version} ({interpreter.executable}) has no {", ".join(interpreter.missing())}.'
        for interpreter in interpreters
    ]
    requirements = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'requirements.txt')
    install = f'Install what is missing: {first.executable} -m pip install -r {requirements}'
    return '\n'.join(['The model server cannot start here.', *lines, install])


def probe(executable: str) -> Interpreter | None:
    """What an interpreter has; `None` where it does not run, or is no Python 3."""
    try:
        ran = subprocess.run(
            [executable, '-c', PROBE, *MODULES],
            capture_output=True,
            text=True,
            timeout=PROBE_TIMEOUT,
            check=True,
        )
        return Interpreter(**json.loads(ran.stdout))
    except (OSError, ValueError, TypeError, subprocess.SubprocessError):
        return None


def candidates() -> Iterator[str]:
    """This interpreter first, then those on the `PATH`, each once."""
    seen = set()
    folders = os.environ.get('PATH', os.defpath).split(os.pathsep)
    for path in [sys.executable, *(os.path.join(folder, 'python3') for folder in folders if folder)]:
        real = os.path.realpath(path)
        if real not in seen and os.access(real, os.X_OK):
            seen.add(real)
            yield path


def find() -> tuple[Plan | None, list[Interpreter]]:
    """What to run, and the interpreters that were found. They are asked one after another, and only while needed."""
    found: dict[str, Interpreter] = {}
    for path in candidates():
        interpreter = probe(path)
        if interpreter is None:
            continue
        # A shim and what it starts are one.
        found.setdefault(interpreter.executable, interpreter)
        plan = choose(list(found.values()))
        if plan:
            return plan, list(found.values())
    return None, list(found.values())
