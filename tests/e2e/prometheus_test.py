#!/usr/bin/env python3
"""Debian's Prometheus and node_exporter writing to a real `wardhive up`. Standard library only.

WARDHIVE_BINARY names the program (build/release/wardhive if unset). Skipped where tools/peers
cannot provide the two. Nothing leaves loopback and nothing is enforced.
"""

import hashlib
import http.client
import json
import math
import os
import pathlib
import socket
import sqlite3
import struct
import subprocess
import sys
import tempfile
import unittest
import urllib.parse
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from webdriver import LineReader, wait_until

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("WARDHIVE_BINARY", ROOT / "build/release/wardhive"))
SAMPLES = 1  # stream of the store's log


def peers(*names):
    """Paths of the programs, by their names; empty if they cannot be had."""
    found = subprocess.run([ROOT / "tools/peers", *names], capture_output=True, text=True)
    return {pathlib.Path(line).name: line for line in found.stdout.split()} if found.returncode == 0 else {}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Reader:
    """Takes values off the front of bytes that encode_samples (model/sample.h) wrote."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, layout):
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values if len(values) > 1 else values[0]

    def text(self):
        size = self.take("I")
        self.at += size
        return self.data[self.at - size:self.at]


def series_id(labels):
    parts = b"".join(struct.pack("<I", len(text)) + text for label in labels for text in label)
    return hashlib.blake2b(parts, digest_size=16).digest()


def read_batch(data, names, samples):
    """Adds what a stored batch defines to `names` and its (ms, value) pairs to `samples`, by series."""
    reader = Reader(data)
    assert reader.take("I") == 0x31534857, "not a batch of samples"
    for _ in range(reader.take("I")):
        reader.take("B"), reader.text()  # whose series it is
        labels = [(reader.text(), reader.text()) for _ in range(reader.take("I"))]
        names[series_id(labels)] = {name.decode(): value.decode() for name, value in labels}
    for _ in range(reader.take("I")):
        series, ns, value = reader.take("16sqd")
        # In integers: as doubles, nanoseconds since 1970 are multiples of 256.
        samples.setdefault(series, []).append((ns // 1_000_000, value))
    assert reader.at == len(data)


PEERS = peers("prometheus", "prometheus-node-exporter")


@unittest.skipUnless(PEERS, "Debian's prometheus and prometheus-node-exporter cannot be had here")
class Prometheus(unittest.TestCase):
    @classmethod
    def start(cls, *command, **options):
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL, **options)

        def stop():
            process.terminate()
            process.wait(timeout=30)
            if process.stdout:
                process.stdout.close()
        cls.addClassCleanup(stop)
        return process

    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory(prefix="wardhive-prometheus-")
        cls.addClassCleanup(directory.cleanup)
        root = pathlib.Path(directory.name)
        cls.state = root / "state"
        (root / "wardhive.toml").write_text("[ingest]\nauth_logs = []\n")
        server = cls.start(BINARY, "up", "--config", root / "wardhive.toml", "--state", cls.state, "--node", "watcher",
                           "--listen", "127.0.0.1:0", "--no-act", stdout=subprocess.PIPE, text=True)
        link = LineReader(server.stdout).find(r"page\s+(http://\S+)").group(1)
        cls.url = link.split("/#")[0]
        cls.token = (cls.state / "remote-write-token").read_text().strip()

        exporter, cls.port = free_port(), free_port()
        (root / "prometheus.yml").write_text(f"""
global: {{scrape_interval: 1s, scrape_timeout: 1s}}
scrape_configs: [{{job_name: node, static_configs: [{{targets: ["127.0.0.1:{exporter}"]}}]}}]
remote_write:
- url: {cls.url}/api/v1/write
  authorization: {{credentials_file: {cls.state}/remote-write-token}}
  queue_config: {{batch_send_deadline: 1s}}
""")
        cls.start(PEERS["prometheus-node-exporter"], f"--web.listen-address=127.0.0.1:{exporter}", stdout=subprocess.DEVNULL)
        cls.start(PEERS["prometheus"], f"--config.file={root}/prometheus.yml", f"--storage.tsdb.path={root}/tsdb",
                  f"--web.listen-address=127.0.0.1:{cls.port}", stdout=subprocess.DEVNULL)

    def stored(self):
        """What arrived of the job `node`: {sorted labels: [(ms, value)]}."""
        names, samples = {}, {}
        database = sqlite3.connect(f"file:{self.state}/wardhive.db?mode=ro", uri=True)
        try:
            for (body,) in database.execute("SELECT body FROM log WHERE stream = ? ORDER BY offset", (SAMPLES,)):
                read_batch(body, names, samples)
        finally:
            database.close()
        return {tuple(sorted(names[series].items())): sorted(pairs) for series, pairs in samples.items() if names[series].get("job") == "node"}

    def kept_by_prometheus(self):
        query = urllib.parse.urlencode({"query": '{job="node"}[1h]'})  # a range as it was scraped, without interpolation
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/query?{query}") as answer:
            result = json.load(answer)["data"]["result"]
        return {tuple(sorted(series["metric"].items())): [(round(at * 1000), float(value)) for at, value in series["values"]] for series in result}

    def test_what_prometheus_keeps_is_what_is_stored(self):
        def enough():
            found = self.stored()
            return found if sum(len(pairs) >= 2 for pairs in found.values()) >= 50 else None
        stored = wait_until(enough, "50 series with two samples each", seconds=60)
        kept = self.kept_by_prometheus()
        compared = 0
        for labels, pairs in stored.items():
            first, last = pairs[0][0], pairs[-1][0]
            expected = [pair for pair in kept.get(labels, []) if first <= pair[0] <= last]
            self.assertEqual([at for at, _ in pairs], [at for at, _ in expected], labels)
            for (_, value), (_, wanted) in zip(pairs, expected):
                self.assertTrue(value == wanted or math.isnan(value) and math.isnan(wanted), f"{labels}: {value} is not {wanted}")
            compared += len(pairs) >= 2
        self.assertGreaterEqual(compared, 50)

    def post(self, body, token=None, content_type="application/x-protobuf"):
        headers = {"Content-Type": content_type, "Content-Encoding": "snappy", "Authorization": f"Bearer {token or self.token}"}
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(self.url).netloc, timeout=30)
        try:
            connection.request("POST", "/api/v1/write", body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def test_a_wrong_token_is_turned_away(self):
        self.assertEqual(self.post(b"\0", token="0" * len(self.token))[0], 401)

    def test_garbage_is_refused_with_the_reason(self):
        status, text = self.post(b"garbage")
        self.assertEqual(status, 400)
        self.assertIn("snappy", text)

    def test_the_second_version_is_unsupported(self):
        status, text = self.post(b"\0", content_type="application/x-protobuf;proto=io.prometheus.write.v2.Request")
        self.assertEqual(status, 415)
        self.assertIn("remote-write 1.0", text)

    def test_an_empty_request_is_taken(self):
        self.assertEqual(self.post(b"\0")[0], 204)


if __name__ == "__main__":
    unittest.main(verbosity=2)
