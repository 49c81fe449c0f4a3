"""Machines of a drill: each a network namespace with an address of its own on a bridge that only the drill sees. What
runs on one can be killed at once, and its cable can be pulled, which nobody is told: unlike a process that dies, a
machine without current closes no connection."""

import ctypes
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from drill.server import kill

OWN_NETWORK = 0x40000000  # CLONE_NEWNET
BRIDGE = "onedoor0"
TOOLS = ("ip", "nsenter", "unshare", "setpriv")


def lacking() -> str:
    """Why there can be no such machines here; empty when there can."""
    if os.geteuid() != 0:
        return "要以 root 运行（每台机器是一个网络命名空间）"
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        return f"缺少 {'、'.join(missing)}：apt-get install iproute2 util-linux"
    tried = ["unshare", "--net", "ip", "link", "add", BRIDGE, "type", "bridge"]
    if subprocess.run(tried, capture_output=True, check=False).returncode != 0:
        return "这里不能建网络命名空间和网桥"
    return ""


def own_network(address: str) -> None:
    """From here on this process, and what it starts, sees a network of its own: outside, the addresses may be others'.
    To be called before there are threads."""
    if ctypes.CDLL(None, use_errno=True).unshare(OWN_NETWORK) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    _ip("link", "set", "lo", "up")
    _ip("link", "add", BRIDGE, "type", "bridge")
    _ip("addr", "add", f"{address}/24", "dev", BRIDGE)
    _ip("link", "set", BRIDGE, "up")


class Machine:
    """One with its cable in. `number` is the last of its address."""

    def __init__(self, number: int, network: str = "10.1.2") -> None:
        self.address, self.cable = f"{network}.{number}", f"cable{number}"
        self._holder = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "unshare", "--net", "sleep", "infinity"])
        ours = str(Path("/proc/self/ns/net").readlink())
        while (space := self._space(self._holder.pid)) in (ours, ""):
            time.sleep(0.01)
        self.space = space
        holder = str(self._holder.pid)
        _ip("link", "add", self.cable, "type", "veth", "peer", "name", "eth0", "netns", holder)
        _ip("link", "set", self.cable, "master", BRIDGE, "up")
        for words in (("link", "set", "lo", "up"), ("addr", "add", f"{self.address}/24", "dev", "eth0"),
                      ("link", "set", "eth0", "up")):  # fmt: skip
            subprocess.run([*self.here(), "ip", *words], check=True)

    def here(self) -> list[str]:
        """What stands before a command that runs on this machine."""
        return ["nsenter", "--target", str(self._holder.pid), "--net"]

    def start(self, command: list[str], log: Path, environment: dict[str, str]) -> "subprocess.Popen[bytes]":
        with log.open("ab") as file:
            return subprocess.Popen(
                [*self.here(), *command],
                cwd="/", env=environment, stdin=subprocess.DEVNULL, stdout=file, stderr=file,
            )  # fmt: skip

    def cut(self) -> None:
        """Nothing goes in or out, and nobody is told."""
        _ip("link", "set", self.cable, "down")

    def join(self) -> None:
        _ip("link", "set", self.cable, "up")

    def processes(self) -> list[int]:
        """All that run here, but what holds the namespace."""
        numbers = [int(path.name) for path in Path("/proc").glob("[0-9]*")]
        return [one for one in numbers if one != self._holder.pid and self._space(one) == self.space]

    def kill(self) -> None:
        """kill -9 of all that runs here."""
        while found := self.processes():
            for pid in found:
                kill(pid)
            time.sleep(0.05)

    def remove(self) -> None:
        self.kill()
        self._holder.send_signal(signal.SIGKILL)
        self._holder.wait()

    @staticmethod
    def _space(pid: int) -> str:
        try:
            return str(Path(f"/proc/{pid}/ns/net").readlink())
        except OSError:  # gone, or dead and not buried
            return ""


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)
