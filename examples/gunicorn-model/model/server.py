"""
The model server: SageMaker's container contract as a WSGI application.
https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html

Environment: `MODEL_FILE`, the model. Default `model.onnx` beside this file.
"""
from __future__ import annotations

import json
import logging
import os
from http import HTTPStatus
from typing import Any, Callable, Iterable, Sequence

from aws_xray_sdk.core import xray_recorder

from forest import Forest
from instances import InvalidInstances, Rows, read_instances
from onnx_file import read_onnx
from tracing import TraceMiddleware, record_error

log = logging.getLogger(__name__)

#: Largest body accepted; a row of 16 numbers is about 200 bytes.
MAX_BODY_BYTES = 1_048_576

HERE = os.path.dirname(os.path.abspath(__file__))


class ModelServer:
    """
    Answers `GET /ping` and `POST /invocations`. Loaded in full before Gunicorn listens: who reaches it finds a model.
    """

    def __init__(self, forest: Forest):
        self._forest = forest

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        status, body = self._answer(environ)
        headers = [('Content-Length', str(len(body)))]
        if body:
            headers.append(('Content-Type', 'application/json'))
        start_response(f'{status} {HTTPStatus(status).phrase}', headers)
        return [body]

    def _answer(self, environ: dict[str, Any]) -> tuple[int, bytes]:
        route = f'{environ["REQUEST_METHOD"]} {environ.get("PATH_INFO", "")}'
        if route == 'GET /ping':
            return 200, b''
        if route != 'POST /invocations':
            return 404, _json({'error': f'There is no {route}: GET /ping and POST /invocations are served.'})
        try:
            return 200, self._invoke(environ)
        except InvalidInstances as problem:
            return problem.status, _json({'error': str(problem)})
        except Exception as error:
            log.exception('The model could not be run.')
            record_error(error)
            return 500, _json({'error': 'The model could not be run.'})

    def _invoke(self, environ: dict[str, Any]) -> bytes:
        segment = xray_recorder.current_segment()
        segment.put_annotation('model_version', self._forest.model_version)
        rows = self.parse(environ)
        segment.put_annotation('rows', len(rows))
        return self.format(self.predict(rows))

    @xray_recorder.capture('## parse')
    def parse(self, environ: dict[str, Any]) -> Rows:
        body = environ['wsgi.input'].read(MAX_BODY_BYTES + 1)
        if len(body) > MAX_BODY_BYTES:
            raise InvalidInstances(f'The body is larger than {MAX_BODY_BYTES} bytes.', status=413)
        return read_instances(body, environ.get('CONTENT_TYPE', ''), self._forest.feature_names)

    @xray_recorder.capture('## predict')
    def predict(self, rows: Rows) -> list[float]:
        return [self._forest.probability(row) for row in rows]

    @xray_recorder.capture('## format')
    def format(self, predictions: Sequence[float]) -> bytes:
        return _json(
            {
                'predictions': predictions,
                'model_version': self._forest.model_version,
                'threshold': self._forest.threshold,
            }
        )


def _json(document: Any) -> bytes:
    return json.dumps(document).encode()


def create_application() -> TraceMiddleware:
    """:raises ModelFileError, OSError:"""
    path = os.environ.get('MODEL_FILE') or os.path.join(HERE, 'model.onnx')
    return TraceMiddleware(ModelServer(read_onnx(path)))
