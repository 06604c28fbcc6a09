#!/usr/bin/env python3
"""From the write of the log line that completes a burst to the first packet that the kernel drops.

Makes its own user, net, mount and pid namespaces, runs a real controller and agent in them, and plays
`--runs` attackers one after another: four failed log-ins, then the fifth, whose write starts the
clock. This process is the generator: it sends one UDP packet a millisecond from the attacker's
address and sees which one no longer arrives. Afterwards the same with Debian's fail2ban on the same
log shape (maxretry 5), in the same run, and the ratio of the medians.

usage: bench/ban_latency.py [--runs 200] [--peer-runs 20] [--json] [--wardhive PROGRAM] [--fail2ban DIR]
"""
import argparse, json, os, pathlib, re, select, shutil, signal, socket, sqlite3, statistics, subprocess, sys, tempfile, time, urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent


def quantile(values, q):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(q * len(ordered)))]


def wait_for(what, ready, seconds=20.0):
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise SystemExit(f"ban_latency: waited {seconds:.0f} s for {what}")
        select.select([], [], [], 0.01)


class Packets:
    """One packet a millisecond from an address of this namespace, to a socket of our own."""

    def __init__(self, port):
        self.receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.receiver.bind(("192.0.2.1", port))
        self.receiver.setblocking(False)
        self.port = port

    def first_dropped(self, source, started, limit):
        sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sender.bind((source, 0))
        while time.monotonic() - started < limit:
            sent = time.monotonic()
            sender.sendto(b"x", ("192.0.2.1", self.port))
            # Loopback delivers within the send: what is not here now was dropped.
            arrived, _, _ = select.select([self.receiver], [], [], 0)
            if not arrived:
                sender.close()
                return sent - started
            while True:
                try:
                    self.receiver.recv(16)
                except BlockingIOError:
                    break
            select.select([], [], [], 0.001)
        sender.close()
        return None


def line(source, port, pid):
    stamp = time.strftime("%b %d %H:%M:%S", time.localtime())
    stamp = stamp[:4] + stamp[4:6].replace("0", " ", 1) + stamp[6:] if stamp[4] == "0" else stamp
    return f"{stamp} bench sshd[{pid}]: Failed password for root from {source} port {port} ssh2\n"


def attack(log, packets, source, base, limit):
    with open(log, "a", buffering=1) as out:
        for i in range(4):
            out.write(line(source, 40000 + i, base + i))
        select.select([], [], [], 0.02)
        out.write(line(source, 40004, base + 4))
        return packets.first_dropped(source, time.monotonic(), limit)


def cpu_and_memory(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    rss = int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text()).group(1))
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), rss / 1024


def ask(url, token, path, body=None):
    request = urllib.request.Request(url + path, data=body, headers={"Authorization": f"Bearer {token}"})
    return json.load(urllib.request.urlopen(request, timeout=10))


def measure_wardhive(args, work):
    url, log, state = "http://127.0.0.1:8700", work / "auth.log", work / "controller"
    log.touch()
    (work / "up.toml").write_text('[respond]\nmode = "enforce"\n[ingest]\nown_host = false\nauth_logs = []\n'
                                  '[nodes.bench]\nclass = "bench"\n')
    started = time.monotonic()
    up = subprocess.Popen([args.wardhive, "up", "--config", str(work / "up.toml"), "--state", str(state), "--no-act", "--node", "controller"],
                          stdout=open(work / "up.log", "w"), stderr=subprocess.STDOUT)

    def healthy():
        try:
            return urllib.request.urlopen(url + "/healthz", timeout=1).status == 200
        except OSError:
            return False

    wait_for("the controller", healthy)
    ready = time.monotonic() - started
    token = (state / "token").read_text()
    enroll = ask(url, token, "/api/v1/tokens/enroll", b'{"node":"bench"}')["token"]
    agent_state = work / "agent"
    subprocess.run([args.wardhive, "agent", "enroll", "--controller", url, "--state", str(agent_state), "--node", "bench", "--token", enroll],
                   check=True, stdout=subprocess.DEVNULL)
    agent = subprocess.Popen([args.wardhive, "agent", "--controller", url, "--state", str(agent_state), "--auth-log", str(log)],
                             stdout=open(work / "agent.log", "w"), stderr=subprocess.STDOUT)
    wait_for("the agent's packet filter", lambda: any("nftables" in n["controls"] for n in ask(url, token, "/api/v1/nodes")))
    before = {name: cpu_and_memory(p.pid) for name, p in (("up", up), ("agent", agent))}
    idle = 10.0
    select.select([], [], [], idle)
    after = {name: cpu_and_memory(p.pid) for name, p in (("up", up), ("agent", agent))}
    packets = Packets(9000)
    seconds = []
    for run in range(args.runs):
        seconds.append(attack(log, packets, f"203.0.113.{1 + run % 250}" if run < 250 else f"198.51.100.{1 + run % 250}", 10_000 + run * 10, 10.0))
    listed = subprocess.run(["nft", "-j", "list", "table", "inet", "wardhive"], capture_output=True, text=True).stdout
    counted = len(re.findall(r'"packets": [1-9]', listed))
    db = sqlite3.connect(f"file:{state}/wardhive.db?mode=ro", uri=True)
    receipts = [json.loads(b) for (b,) in db.execute("select body from log where kind='receipt'")]
    made = {}
    for at, body in db.execute("select at, body from journal where kind='action' order by offset"):
        made[json.loads(body)["id"]] = at
    live = [r["took_us"] / 1000 for r in receipts if r["outcome"] == "applied"]
    def ns(text):
        whole, _, fraction = text.rstrip("Z").partition(".")
        import calendar
        return calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) * 10**9 + int((fraction + "0" * 9)[:9])
    committed = [(ns(r["at"]) - made[r["action"]]) / 1e6 for r in receipts if r["outcome"] == "applied" and r["action"] in made]
    for process in (agent, up):
        process.send_signal(signal.SIGTERM)
        process.wait(20)
    good = [s for s in seconds if s is not None]
    return {
        "runs": args.runs, "never_dropped": len(seconds) - len(good), "elements_with_counted_packets": counted,
        "write_to_first_drop_ms": {"p50": quantile(good, .5) * 1e3, "p99": quantile(good, .99) * 1e3, "max": max(good) * 1e3},
        "agent_received_to_live_ms": {"p50": quantile(live, .5), "p99": quantile(live, .99)},
        "stepped_to_live_ms": {"p50": quantile(committed, .5), "p99": quantile(committed, .99)},
        "ready_s": ready,
        "idle": {name: {"cpu_percent_of_a_core": (after[name][0] - before[name][0]) / idle * 100, "rss_mb": after[name][1]} for name in after},
    }


def measure_fail2ban(args, work):
    config = work / "fail2ban"
    shutil.copytree(pathlib.Path(args.fail2ban) / "root/etc/fail2ban", config)
    log = work / "peer.log"
    log.touch()
    (config / "fail2ban.local").write_text("[Definition]\ndbfile = None\nlogtarget = STDOUT\n")
    (config / "jail.local").write_text(f"[sshd]\nenabled = true\nlogpath = {log}\nbackend = auto\nmaxretry = 5\nfindtime = 120\nbantime = 600\n"
                                       "banaction = nftables-allports\nbanaction_allports = nftables-allports\nprotocol = udp\nignoreself = false\n")
    for extra in (config / "jail.d").glob("*"):
        extra.unlink()
    program = pathlib.Path(args.fail2ban) / "bin/fail2ban-server"
    server = subprocess.Popen([str(program), "-f", "-c", str(config), "-s", str(work / "f2b.sock"), "-p", str(work / "f2b.pid"), "start"],
                              stdout=open(work / "peer.out", "w"), stderr=subprocess.STDOUT)
    wait_for("fail2ban", lambda: "Jail 'sshd' started" in (work / "peer.out").read_text())
    packets = Packets(9001)
    # All ports and UDP, so that our packets tell.
    seconds = [attack(log, packets, f"198.51.100.{1 + run}", 50_000 + run * 10, 15.0) for run in range(args.peer_runs)]
    server.send_signal(signal.SIGTERM)
    server.wait(20)
    good = [s for s in seconds if s is not None]
    if not good:
        return {"runs": args.peer_runs, "never_dropped": len(seconds), "log": (work / "peer.out").read_text()[-600:]}
    return {"runs": args.peer_runs, "never_dropped": len(seconds) - len(good),
            "write_to_first_drop_ms": {"p50": quantile(good, .5) * 1e3, "p99": quantile(good, .99) * 1e3, "max": max(good) * 1e3}}


def inside(args):
    for command in (["mount", "-t", "tmpfs", "none", "/run"], ["ip", "link", "set", "lo", "up"],
                    ["ip", "addr", "add", "192.0.2.1/32", "dev", "lo"], ["ip", "addr", "add", "203.0.113.254/24", "dev", "lo"],
                    ["ip", "addr", "add", "198.51.100.254/24", "dev", "lo"]):
        subprocess.run(command, check=True)
    # State on the disk of this tree, so that every commit pays its fsync.
    (ROOT / "build").mkdir(exist_ok=True)
    work = pathlib.Path(tempfile.mkdtemp(prefix="ban-latency-", dir=ROOT / "build"))
    result = {"schema_version": 1, "load": "one log line and one UDP packet a millisecond from this process", "wardhive": measure_wardhive(args, work)}
    if args.peer_runs > 0 and pathlib.Path(args.fail2ban).exists():
        result["fail2ban"] = measure_fail2ban(args, work)
        if "write_to_first_drop_ms" in result["fail2ban"]:
            result["ratio_of_medians"] = result["fail2ban"]["write_to_first_drop_ms"]["p50"] / result["wardhive"]["write_to_first_drop_ms"]["p50"]
    shutil.rmtree(work)
    print(json.dumps(result, indent=None if args.json else 2))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--peer-runs", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--wardhive", default=str(ROOT / "build/release/wardhive"))
    parser.add_argument("--fail2ban", default=str(ROOT / "build/peers/fail2ban"))
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.inside:
        return inside(args)
    os.execvp("unshare", ["unshare", "--user", "--map-root-user", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
                          sys.executable, __file__, "--inside"] + sys.argv[1:])


if __name__ == "__main__":
    main()
