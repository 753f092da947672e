"""A mail server that takes the connection and then says nothing, as one that hangs does."""

from __future__ import annotations

import socket
import threading
from types import TracebackType


class SilentMailServer:
    """Listens on a loopback port; `asked` counts who came."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._guests: list[socket.socket] = []
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)

    @property
    def asked(self) -> int:
        return len(self._guests)

    def _accept(self) -> None:
        while True:
            try:
                self._guests.append(self._listener.accept()[0])
            except OSError:
                return

    def __enter__(self) -> SilentMailServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for guest in self._guests:
            guest.close()
        self._thread.join(5)
