"""Real wardhive processes for the tests beside: started, asked, killed. Standard library only.

WARDHIVE_BINARY names the program (build/release/wardhive if unset). Everything a test starts is
ended by its own pid. Conditions are waited for with a deadline (`wait_until`), nothing is slept out.
"""

import contextlib
import datetime
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("WARDHIVE_BINARY", ROOT / "build/release/wardhive"))
DATA = ROOT / "../shared/data"  # recordings others made; tests that need them skip where they are absent
EFFECT_TABLE = ("inet", "wardhive")


def wait_until(condition, what, seconds=30.0):
    """The first truthy value of `condition()`; AssertionError saying `what` (or what it returns) after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        if value := condition():
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds:.0f} s still not: {what() if callable(what) else what}")
        time.sleep(0.03)


def free_port():
    with contextlib.closing(socket.socket()) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def run(*argv, timeout=60, **more):
    """`wardhive ARGV`, to its end: (exit code, standard output, standard error)."""
    done = subprocess.run([BINARY, *argv], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout, **more)
    return done.returncode, done.stdout, done.stderr


def failed_logins(address, count, pid, node="node-1", user="root"):
    """Lines as sshd writes them for `count` connections of `address`, one failed password each."""
    now = datetime.datetime.now(datetime.timezone.utc).isoformat()
    return "".join(f"{now} {node} sshd[{pid + i}]: Failed password for {user} from {address} port {40_000 + i} ssh2\n" for i in range(count))


class Sandbox:
    """User, network and mount namespaces of their own, kept by one idle process; loopback is up.

    Root in there is not root outside: it may have a packet filter and mount a tmpfs, of its own.
    """

    def __init__(self):
        self._holder = subprocess.Popen(["unshare", "-Urnm", "sh", "-c", "ip link set lo up && nft list tables && echo ready && exec sleep infinity"],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        if self._holder.stdout.readline().strip() != "ready":
            self.close()
            raise PermissionError("namespaces with a packet filter of their own are refused here")
        self.enter = ["nsenter", "-t", str(self._holder.pid), "-U", "-n", "-m", "--preserve-credentials", "--wd=" + os.getcwd()]

    def close(self):
        self._holder.kill()
        self._holder.wait()
        self._holder.stdout.close()

    @staticmethod
    def refused():
        """Why there is no sandbox here; empty if there is one."""
        for program in ("unshare", "nsenter", "nft", "ip"):
            if shutil.which(program) is None:
                return f"{program} is not installed"
        try:
            Sandbox().close()
        except PermissionError as error:
            return str(error)
        return ""

    def outside(self, path):
        """The path outside of a file that only the sandbox sees (its own mounts)."""
        return pathlib.Path(f"/proc/{self._holder.pid}/root") / str(path).lstrip("/")

    def run(self, *argv, timeout=60):
        done = subprocess.run([*self.enter, *map(str, argv)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout)
        return done.returncode, done.stdout, done.stderr

    def nft(self, *argv):
        code, out, err = self.run("nft", *argv)
        if code != 0:
            raise AssertionError(f"nft {' '.join(argv)}: {err}")
        return out

    def bans(self):
        """[address, ...] of every element in every set of ours, as often as it is in there."""
        listed = json.loads(self.nft("-j", "list", "ruleset"))["nftables"]
        sets = [item["set"] for item in listed if "set" in item and (item["set"]["family"], item["set"]["table"]) == EFFECT_TABLE]
        # An element is a value, or an object around one once it has a timeout or a counter.
        values = [e["elem"]["val"] if isinstance(e, dict) and "elem" in e else e for s in sets if s["name"].startswith("banned") for e in s.get("elem", [])]
        return sorted(values)


class Process:
    """One wardhive that stays: output goes to `log`, `sandbox` says where it lives (None: here)."""

    def __init__(self, log, *argv, sandbox=None, program=BINARY):
        self.log = pathlib.Path(log)
        with self.log.open("ab") as out:
            self._start = out.tell()
            self._popen = subprocess.Popen([*(sandbox.enter if sandbox else []), str(program), *map(str, argv)],
                                           stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
        self.pid = self._popen.pid

    def says(self):
        """What this process said; a log is shared by the lives of one program."""
        return self.log.read_bytes()[self._start:].decode(errors="replace")

    def alive(self):
        return self._popen.poll() is None

    def kill(self):
        """kill -9, and gone."""
        self._popen.kill()
        self._popen.wait()

    def stop(self, seconds=30):
        """SIGTERM; its exit code."""
        if self.alive():
            self._popen.send_signal(signal.SIGTERM)
        return self._popen.wait(timeout=seconds)

    def wait(self, seconds=30):
        return self._popen.wait(timeout=seconds)


class Controller:
    """`wardhive up` on one state directory and one port, over as many lives as a test wants."""

    def __init__(self, directory, *options, sandbox=None, config="", state=None):
        self.directory = pathlib.Path(directory)
        self.sandbox = sandbox
        self.state = pathlib.Path(state) if state else self.directory / "controller"
        self.url = f"http://127.0.0.1:{free_port()}"
        self._options = options
        self._config = self.directory / "wardhive.toml"
        self._config.write_text(config or "[ingest]\nauth_logs = []\n")
        self.process = None

    def spawn(self):
        """Starts it without waiting for it."""
        self.process = Process(self.directory / "controller.log", "up", "--config", self._config, "--state", self.state, "--node", "controller",
                               "--listen", self.url.removeprefix("http://"), *self._options, sandbox=self.sandbox)
        return self.process

    def start(self):
        self.spawn()
        wait_until(self.ready, lambda: f"wardhive is up; it says {self.process.says()[-2000:]}", 20)
        return self

    def ready(self):
        if not self.process.alive():
            raise AssertionError(f"wardhive ended by itself: {self.process.says()[-2000:]}")
        return "is up, mode" in self.process.says() and self.cli("status")[0] == 0

    def healthz(self):
        with urllib.request.urlopen(self.url + "/healthz", timeout=5) as answer:
            return json.load(answer)

    def cli(self, *argv, json_out=True, state=True):
        """A command against it: (exit code, standard output, standard error)."""
        argv = [*argv, "--url", self.url, *(["--state", self.state] if state else []), *(["--json"] if json_out else [])]
        return self.sandbox.run(BINARY, *argv) if self.sandbox else run(*argv)

    def ask(self, *argv):
        code, out, err = self.cli(*argv)
        if code != 0:
            raise AssertionError(f"wardhive {' '.join(argv)} ended with {code}: {err}")
        return json.loads(out)

    def decisions(self):
        """Every decision there ever was, notices to people left out."""
        return [d for d in self.ask("decisions", "list", "--all") if d["verb"] != "notify"]

    def kill(self):
        self.process.kill()

    def close(self):
        if self.process is not None and self.process.alive():
            self.process.kill()


class Agent:
    """An enrolled `wardhive agent`, over as many lives as a test wants."""

    def __init__(self, controller, node, *options, directory=None):
        self.controller, self.node, self._options = controller, node, options
        self.state = directory or controller.directory / f"agent-{node}"
        token = controller.ask("token", "enroll", "--node", node)["token"]
        code, _, err = controller.sandbox.run(BINARY, "agent", "enroll", "--controller", controller.url, "--state", self.state, "--node", node, "--token", token)
        if code != 0:
            raise AssertionError(f"{node} was not enrolled: {err}")
        self.process = None

    def start(self):
        self.process = Process(self.controller.directory / f"agent-{self.node}.log", "agent", "--controller", self.controller.url, "--state", self.state,
                               *self._options, sandbox=self.controller.sandbox)
        return self

    def connected(self):
        return any(a["node"] == self.node and a["connected"] for a in self.controller.ask("agents"))

    def can_act(self, control="nftables"):
        return self.connected() and any(n["name"] == self.node and control in n["controls"] for n in self.controller.ask("nodes", "list"))

    def kill(self):
        self.process.kill()

    def close(self):
        if self.process is not None and self.process.alive():
            self.process.kill()
