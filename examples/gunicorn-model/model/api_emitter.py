"""Sends segments without a daemon."""
from __future__ import annotations

import logging
import queue
import threading
import time
from typing import Any, Callable

log = logging.getLogger(__name__)

#: Documents of one PutTraceSegments, as the X-Ray daemon sends them.
BATCH_DOCUMENTS = 50

#: Bytes of documents in one call: 50 of the largest (64 KB each) would make a request that no network likes.
BATCH_BYTES = 1_000_000

#: A document that X-Ray takes: https://docs.aws.amazon.com/general/latest/gr/xray.html
MAX_DOCUMENT_BYTES = 65_536

#: Seconds that a document waits for company.
LINGER = 1.0

#: Documents that wait. More are dropped and counted: tracing must not take the model's memory.
CAPACITY = 1_000


class ApiEmitter:
    """
    An emitter for the recorder that calls PutTraceSegments from a thread of its own. Where no X-Ray daemon runs, such
    as in a SageMaker container, it takes the daemon's place. It never blocks a request and never raises into one.

    The thread does not survive a fork: make one emitter in each worker.
    """

    def __init__(
        self, put: Callable[[list[str]], dict[str, Any]], capacity: int = CAPACITY, linger: float = LINGER
    ):
        """:param put: sends documents with PutTraceSegments and returns its answer"""
        self._put = put
        self._linger = linger
        self._waiting: queue.Queue[str | None] = queue.Queue(capacity)
        self._lock = threading.Lock()
        self._dropped = 0
        self._thread = threading.Thread(target=self._run, name='xray-emitter', daemon=True)
        self._thread.start()

    @property
    def dropped(self) -> int:
        """Documents that were too large or too many, or that a failed call carried."""
        return self._dropped

    def send_entity(self, entity: Any) -> None:
        try:
            document = entity.serialize()
        except Exception:
            log.exception('A segment cannot be written as JSON.')
            return
        if len(document.encode()) > MAX_DOCUMENT_BYTES:
            self._drop(1)
            return
        try:
            self._waiting.put_nowait(document)
        except queue.Full:
            self._drop(1)

    def set_daemon_address(self, address: str | None) -> None:
        """The recorder calls this for every emitter. Here an address would be lost."""
        if address:
            raise ValueError('PutTraceSegments goes to the X-Ray API, not to a daemon.')

    def close(self, timeout: float) -> None:
        """Sends what waits, for `timeout` seconds at most."""
        try:
            self._waiting.put(None, timeout=timeout)
        except queue.Full:
            return
        self._thread.join(timeout)

    def _drop(self, count: int) -> None:
        with self._lock:
            self._dropped += count

    def _run(self) -> None:
        ended = False
        carried: str | None = None
        while not ended:
            first = carried if carried is not None else self._waiting.get()
            if first is None:
                return
            batch, carried, ended = self._fill(first)
            self._send(batch)
        if carried is not None:
            self._send([carried])

    def _fill(self, first: str) -> tuple[list[str], str | None, bool]:
        """What goes in one call, a document that did not fit, and whether the end was reached."""
        batch = [first]
        size = len(first)
        deadline = time.monotonic() + self._linger
        while len(batch) < BATCH_DOCUMENTS:
            try:
                document = self._waiting.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                break
            if document is None:
                return batch, None, True
            if size + len(document) > BATCH_BYTES:
                return batch, document, False
            batch.append(document)
            size += len(document)
        return batch, None, False

    def _send(self, batch: list[str]) -> None:
        try:
            answer = self._put(batch)
        except Exception as error:
            self._drop(len(batch))
            log.warning('%d segments are lost (%d so far): %s', len(batch), self._dropped, error)
            return
        for refused in answer.get('UnprocessedTraceSegments', []):
            log.warning('X-Ray refused a segment: %s', refused)
