"""
X-Ray inside the model server, with AWS's own SDK: one segment a request, as a child of the function that called
InvokeEndpoint.
"""
from __future__ import annotations

import logging
import os
from typing import Any, Callable, Iterable

import botocore.session
from aws_xray_sdk.core import patch_all, xray_recorder
from aws_xray_sdk.core.emitters.udp_emitter import UDPEmitter
from aws_xray_sdk.core.models import http
from aws_xray_sdk.core.models.dummy_entities import DummySegment
from aws_xray_sdk.core.sampling.local.sampler import LocalSampler
from aws_xray_sdk.core.sampling.sampler import DefaultSampler
from aws_xray_sdk.core.utils import stacktrace
from aws_xray_sdk.ext.util import calculate_sampling_decision

from api_emitter import ApiEmitter
from trace_context import CUSTOM_ATTRIBUTES, trace_context

log = logging.getLogger(__name__)

#: The node in the service graph. `AWS_XRAY_TRACING_NAME` overrides it, as everywhere in the SDK.
SERVICE = 'flight-delay-model'

#: Where the X-Ray daemon listens, `host:port`. Unset: there is none, and segments go to the X-Ray API itself.
DAEMON_ADDRESS = 'AWS_XRAY_DAEMON_ADDRESS'

#: Seconds that a worker which ends gives to its last segments.
CLOSE_TIMEOUT = 2.0

xray_recorder.configure(service=SERVICE)
patch_all()


def start_in_worker() -> None:
    """
    To be called in each worker after the fork. The server is loaded before it, and with it a recorder whose socket,
    random numbers and identity towards X-Ray's sampling all workers would share: each would make the same "random"
    decisions, and their statistics would pass for one client's.
    """
    if os.environ.get(DAEMON_ADDRESS):
        # The daemon passes on what X-Ray's sampling rules say.
        xray_recorder.configure(emitter=UDPEmitter(), sampler=DefaultSampler())
    else:
        # Requests that bring no decision: one a second and 5 % of the others.
        xray_recorder.configure(emitter=ApiEmitter(_put_trace_segments()), sampler=LocalSampler())


def _put_trace_segments() -> Callable[[list[str]], dict[str, Any]]:
    client = botocore.session.get_session().create_client('xray')

    def put(documents: list[str]) -> dict[str, Any]:
        # The emitter's thread has no segment, and the patched client would complain of that with every call.
        xray_recorder.set_trace_entity(DummySegment())
        return client.put_trace_segments(TraceSegmentDocuments=documents)

    return put


def stop_in_worker() -> None:
    close: Callable[[float], None] | None = getattr(xray_recorder.emitter, 'close', None)
    if close:
        close(CLOSE_TIMEOUT)


def record_error(error: Exception) -> None:
    """Gives the segment its cause. Of an error that a capture has recorded, only the reference."""
    segment = xray_recorder.current_segment()
    if segment:
        segment.add_exception(error, stacktrace.get_stacktrace(limit=xray_recorder.max_trace_back))


class TraceMiddleware:
    """WSGI middleware: a segment around each request to `/invocations`. Health checks are not traced."""

    def __init__(self, application: Callable[..., Iterable[bytes]]):
        self._application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get('PATH_INFO') != '/invocations':
            return self._application(environ, start_response)

        segment = self._begin(environ)

        def start_traced_response(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            segment.put_http_meta(http.STATUS, int(status.split(' ', 1)[0]))
            for name, value in headers:
                if name.lower() == 'content-length':
                    segment.put_http_meta(http.CONTENT_LENGTH, int(value))
            return start_response(status, headers, *more)

        try:
            return self._application(environ, start_traced_response)
        finally:
            xray_recorder.end_segment()

    def _begin(self, environ: dict[str, Any]) -> Any:
        header = trace_context(environ.get(CUSTOM_ATTRIBUTES, ''))
        method = environ['REQUEST_METHOD']
        host = environ.get('HTTP_HOST') or f'{environ["SERVER_NAME"]}:{environ["SERVER_PORT"]}'
        path = environ['PATH_INFO']
        decision = calculate_sampling_decision(
            trace_header=header,
            recorder=xray_recorder,
            sampling_req={'host': host, 'method': method, 'path': path, 'service': xray_recorder.service},
        )
        segment = xray_recorder.begin_segment(
            traceid=header.root, parent_id=header.parent, sampling=decision
        )
        # What the SDK's patches pass on to services that this server might call.
        segment.save_origin_trace_header(header)
        segment.put_http_meta(http.METHOD, method)
        segment.put_http_meta(http.URL, f'{environ["wsgi.url_scheme"]}://{host}{path}')
        if environ.get('HTTP_USER_AGENT'):
            segment.put_http_meta(http.USER_AGENT, environ['HTTP_USER_AGENT'])
        # Which of the workers: one that is slower than the others shows here.
        segment.put_metadata('pid', os.getpid(), 'gunicorn')
        return segment
