#!/usr/bin/env python3
"""Remote-write from socket to stepped detectors: CPU seconds of the wardhive process per sample.

Starts a real `wardhive up` on loopback, posts `--requests` requests of 2,000 series x `--samples`
samples, 15 s apart in time, over one kept-alive connection, and reads the process' CPU time from /proc
before and after. The generator is this process (Python, protobuf and snappy by hand, stored blocks
only); its CPU is not counted.

usage: bench/remote_write.py [--series 2000] [--samples 10] [--requests 60] [--json] [--wardhive PROGRAM]
"""
import argparse, http.client, json, os, pathlib, re, select, signal, socket, struct, subprocess, tempfile, time

ROOT = pathlib.Path(__file__).resolve().parent.parent


def varint(n):
    out = bytearray()
    while n > 0x7F:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def field(number, data):
    return varint(number << 3 | 2) + varint(len(data)) + data


def snappy_stored(data):
    """A valid snappy block without compression: literals of up to 64 KB."""
    out = bytearray(varint(len(data)))
    for start in range(0, len(data), 65536):
        part = data[start:start + 65536]
        out += bytes([61 << 2]) + struct.pack("<H", len(part) - 1) + part
    return bytes(out)


def labels(i):
    pairs = [("__name__", f"node_metric_{i % 100}"), ("cluster", "swarm"), ("device", f"gpu{i % 8}"), ("instance", f"node-{i // 100}:9100"),
             ("job", "node"), ("model", "h100"), ("region", "eu-1"), ("zone", f"z{i % 3}")]
    return b"".join(field(1, field(1, k.encode()) + field(2, v.encode())) for k, v in pairs)


def request_body(series, samples, start_ms, label_bytes):
    out = bytearray()
    for i in range(series):
        body = bytearray(label_bytes[i])
        for s in range(samples):
            at = start_ms + s * 1500
            value = 50.0 + (i * 7 + s * 3 + at // 1500) % 13
            body += field(2, b"\x09" + struct.pack("<d", value) + b"\x10" + varint(at))
        out += field(1, bytes(body))
    return snappy_stored(bytes(out))


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--series", type=int, default=2000)
    parser.add_argument("--samples", type=int, default=10)
    parser.add_argument("--requests", type=int, default=60)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--wardhive", default=str(ROOT / "build/release/wardhive"))
    args = parser.parse_args()
    state = pathlib.Path(tempfile.mkdtemp(prefix="wardhive-bench-"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (state / "up.toml").write_text("[ingest]\nown_host = false\nauth_logs = []\n")
    up = subprocess.Popen([args.wardhive, "up", "--config", str(state / "up.toml"), "--state", str(state / "s"), "--listen", f"127.0.0.1:{port}", "--no-act"],
                          stdout=subprocess.DEVNULL, stderr=open(state / "log", "w"))
    deadline = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            if time.monotonic() > deadline:
                raise SystemExit("remote_write: wardhive did not come up: " + (state / "log").read_text())
            select.select([], [], [], 0.02)
    token = (state / "s/remote-write-token").read_text()
    label_bytes = [labels(i) for i in range(args.series)]
    first = int(time.time() * 1000) - args.requests * args.samples * 1500
    bodies = [request_body(args.series, args.samples, first + r * args.samples * 1500, label_bytes) for r in range(args.requests)]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    statuses = {}

    def post(body):
        connection.request("POST", "/api/v1/write", body, {"Authorization": f"Bearer {token}", "Content-Type": "application/x-protobuf", "Content-Encoding": "snappy"})
        answer = connection.getresponse()
        answer.read()
        statuses[answer.status] = statuses.get(answer.status, 0) + 1

    for body in bodies[:5]:
        post(body)  # series defined, detectors warmed up
    before, began = cpu_seconds(up.pid), time.monotonic()
    for body in bodies[5:]:
        post(body)
    spent, wall = cpu_seconds(up.pid) - before, time.monotonic() - began
    samples = (args.requests - 5) * args.series * args.samples
    rss = int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{up.pid}/status").read_text()).group(1)) / 1024
    select.select([], [], [], 1.2)  # counters are published once a second
    connection.request("GET", "/metrics")
    page = connection.getresponse().read().decode()
    counters = {name: float(value) for name, value in re.findall(r"^wardhive_(monitor_\w+) (\S+)$", page, re.M)}
    up.send_signal(signal.SIGTERM)
    up.wait(30)
    result = {"schema_version": 1, "samples": samples, "series": args.series, "statuses": statuses, "cpu_s": spent, "wall_s": wall,
              "samples_per_cpu_second": samples / spent, "rss_mb": rss, "counters": counters,
              "load": "one connection, one request at a time, generated before the clock starts"}
    print(json.dumps(result, indent=None if args.json else 2))


if __name__ == "__main__":
    main()
