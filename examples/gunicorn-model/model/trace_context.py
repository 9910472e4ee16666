"""
The caller's trace context. SageMaker gives a container few of a request's headers, and `X-Amzn-Trace-Id` is not among
them. `X-Amzn-SageMaker-Custom-Attributes` is: at most 1,024 visible ASCII characters of the caller's own.
"""
from __future__ import annotations

import re

from aws_xray_sdk.core.models.trace_header import TraceHeader

#: `X-Amzn-SageMaker-Custom-Attributes` in WSGI's spelling.
CUSTOM_ATTRIBUTES = 'HTTP_X_AMZN_SAGEMAKER_CUSTOM_ATTRIBUTES'

#: `X-Amzn-Trace-Id=Root=…;Parent=…;Sampled=1`, alone or among other attributes, and whatever the key is called. A comma
#: or a blank ends it, as a trace header has neither.
_HEADER = re.compile(r'(?:^|[\s,=])(Root=[^\s,]+)')
_ROOT = re.compile(r'1-[0-9a-f]{8}-[0-9a-f]{24}')
_PARENT = re.compile(r'[0-9a-f]{16}')


def trace_context(custom_attributes: str) -> TraceHeader:
    """
    The context that the attributes carry. It is empty where they carry none, or one with malformed ids: X-Ray would
    refuse the segment.
    """
    found = _HEADER.search(custom_attributes)
    header = TraceHeader.from_header_str(found.group(1)) if found else TraceHeader()
    if not _ROOT.fullmatch(header.root or ''):
        return TraceHeader()
    parent = header.parent if _PARENT.fullmatch(header.parent or '') else None
    return TraceHeader(root=header.root, parent=parent, sampled=header.sampled, data=header.data)
