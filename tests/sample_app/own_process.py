"""A server in a process of its own, which a test may end or stop."""

import signal
import subprocess


class OwnProcess:
    """What can be done to the process of a server, whoever started it."""

    _process: subprocess.Popen[bytes] | None = None

    def kill(self) -> None:
        """End it at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """Let it take connections and answer none."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)
