"""How much is done at a time: so many requests, and so many that wait."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from typing import ParamSpec, Self, TypeVar

from starlette.types import Receive

from kgtool.plan.stop import Stop
from kgtool.server.refusals import Gone, Refusal

_P = ParamSpec("_P")
_T = TypeVar("_T")

#: Seconds between two attempts to interrupt a query that nobody waits for.
_AGAIN = 0.2


class Gate:
    """Lets ``workers`` requests in at a time; ``queue`` more wait, in order, no longer than
    ``patience`` seconds. ``run`` runs what a request that is in has to do in a thread."""

    def __init__(self, workers: int, queue: int, patience: float) -> None:
        self._free = workers
        self._most_waiting = queue
        self._patience = patience
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="kgtool")
        self.workers = workers
        self.refused = 0

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    @property
    def busy(self) -> int:
        return self.workers - self._free

    @asynccontextmanager
    async def entered(self, caller: Caller) -> AsyncIterator[None]:
        """Inside the block a request is one of those that are answered.

        Raises Refusal (503) where too many wait, or it has waited too long; Gone.
        """
        if self._free:
            self._free -= 1
        else:
            await caller.waits_for(self._turn())
        try:
            yield
        finally:
            self._leave()

    async def run(self, function: Callable[_P, _T], *args: _P.args, **more: _P.kwargs) -> _T:
        """What the function gives. Threads cannot be given up, so that this waits in any case."""
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(self._threads, lambda: function(*args, **more))
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            if not work.done():
                await asyncio.wait({work})
            raise

    def close(self) -> None:
        self._threads.shutdown(wait=False)

    async def _turn(self) -> None:
        """Waits for the place of a request that leaves."""
        if len(self._waiting) >= self._most_waiting:
            raise self._refusal("too many requests are waiting")
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(self._patience):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():
                self._leave()  # its turn came just now
            else:
                with suppress(ValueError):
                    self._waiting.remove(turn)
            if isinstance(error, TimeoutError):
                raise self._refusal("the requests before this one take too long") from None
            raise

    def _leave(self) -> None:
        """The next one's turn, or a free place."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    def _refusal(self, why: str) -> Refusal:
        self.refused += 1
        return Refusal(503, f"{why}; try again later", {"Retry-After": "2"})


class Caller:
    """The client of a request whose body has been read, and whether it is still there.

    When it goes, ``stop`` ends the query that runs for it.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._gone = asyncio.Event()
        self.stop = Stop()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._watch())
        return self

    async def __aexit__(self, *error: object) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    @property
    def is_gone(self) -> bool:
        return self._gone.is_set()

    async def waits_for(self, work: Awaitable[_T]) -> _T:
        """What ``work`` gives; it is cancelled, and Gone raised, when the client goes."""
        task = asyncio.ensure_future(work)
        gone = asyncio.ensure_future(self._gone.wait())
        try:
            await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise Gone
            return task.result()
        finally:
            gone.cancel()
            if not task.done():
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._gone.set()
        while True:
            self.stop.set()
            await asyncio.sleep(_AGAIN)
