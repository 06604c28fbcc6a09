#!/usr/bin/env python3
"""The linker against real objects: each thing it must refuse, with the words that say why and where,
and bytes that do not depend on the directory. Usage: link_test.py SBFLD CLANG REPOSITORY"""
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SBFLD, CLANG, ROOT = sys.argv[1:4]
FLAGS = ["--target=bpf", "-O2", "-g", "-std=c++20", "-ffreestanding", "-fno-builtin", "-fno-exceptions", "-fno-rtti",
         "-fno-asynchronous-unwind-tables", "-fno-threadsafe-statics", "-ffunction-sections", "-fdata-sections",
         "-fdebug-compilation-dir=.", "-nostdinc++", "-isystem", f"{ROOT}/programs/sbfld/shim",
         "-isystem", "/usr/include/c++/12", "-isystem", "/usr/include/x86_64-linux-gnu/c++/12",
         "-idirafter", "/usr/include/x86_64-linux-gnu"]
ENTRY = 'extern "C" unsigned long entrypoint(unsigned char* in, unsigned char* data) '


class Link(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.folder = Path(directory.name)

    def build(self, *sources: str, cpu: str = "v2", extra: tuple[str, ...] = ()) -> tuple[int, str]:
        objects = []
        for number, source in enumerate(sources):
            (self.folder / f"s{number}.cc").write_text(source)
            subprocess.run([CLANG, *FLAGS, f"-mcpu={cpu}", "-c", f"s{number}.cc", "-o", f"s{number}.o"],
                           cwd=self.folder, check=True)
            objects.append(f"s{number}.o")
        done = subprocess.run([SBFLD, "-o", "p.so", *extra, *objects], cwd=self.folder, capture_output=True, text=True)
        return done.returncode, done.stderr

    def refused(self, *sources: str, words: tuple[str, ...], cpu: str = "v2") -> None:
        code, said = self.build(*sources, cpu=cpu)
        self.assertEqual(code, 1, said)
        for word in words:
            self.assertIn(word, said)
        self.assertFalse((self.folder / "p.so").exists())

    def test_writable_globals(self):
        self.refused("int n = 4;\n" + ENTRY + "{ return n++; }", words=("`n`", "writable global"))
        self.refused("int n;\n" + ENTRY + "{ return n++; }", words=("`n`", "writable global"))

    def test_constructors(self):
        self.refused("unsigned long f();\nextern const unsigned long n;\nconst unsigned long n = f();\n" + ENTRY +
                     "{ return n; }\n", words=(".init_array", "constexpr"))

    def test_arithmetic_on_halves_names_function_and_line(self):
        self.refused(ENTRY + "{\n  return *(unsigned*)data + *(unsigned*)in;\n}", cpu="v3",
                     words=("[alu32]", "`entrypoint`", "s0.cc:2", "-mcpu=v2"))

    def test_atomics(self):
        self.refused(ENTRY + "{ return __atomic_fetch_add((long*)in, 1, 5); }", cpu="v3", words=("[atomic]",))

    def test_undefined_names(self):
        self.refused('extern "C" void nowhere();\n' + ENTRY + "{ nowhere(); return 0; }",
                     words=("`nowhere`", "no object defines", "s0.cc:2"))
        self.refused("int f();", words=("entrypoint",))

    def test_defined_twice(self):
        self.refused("int f() { return 1; }\n" + ENTRY + "{ return f(); }", "int f() { return 2; }",
                     words=("s0.o", "s1.o", "one definition"))

    def test_gated_syscall(self):
        source = 'extern "C" unsigned long sol_remaining_compute_units();\n' + ENTRY + \
            "{ return sol_remaining_compute_units(); }"
        self.refused(source, words=("[gated-syscall]", "--cluster all"))
        self.assertEqual(self.build(source, extra=("--cluster", "all"))[0], 0)

    def test_comdat_weak_and_unreached_code(self):
        shared = "inline int g(int x) { static constexpr int t[] = {5, 7, 9}; return t[x % 3u]; }\n" \
            "using F = int (*)(int);\n"
        code, said = self.build(shared + "F f();\nint dead() { return g(1) + 99; }\n" + ENTRY + "{ return f()(*data); }",
                                shared + "F f() { return g; }", extra=("--map", "p.map"))
        self.assertEqual(code, 0, said)
        names = [line.split()[-1] for line in (self.folder / "p.map").read_text().splitlines() if line[0] != "#"]
        self.assertEqual(names.count("_Z1gi"), 1)
        self.assertNotIn("_Z4deadv", names)

    def test_same_bytes_from_two_directories(self):
        source = (Path(ROOT) / "programs/sbfld/features.cc").read_text()
        found = []
        for name in ("a", "other"):
            (self.folder / name).mkdir()
            self.folder = self.folder / name
            self.assertEqual(self.build(source, extra=("--debug", "d.so", "--manifest", "p.json")), (0, ""))
            found.append([(self.folder / file).read_bytes() for file in ("p.so", "d.so", "p.json")])
            self.folder = self.folder.parent
        self.assertEqual(found[0], found[1])
        self.assertEqual(json.loads(found[0][2])["syscalls"], ["sol_log_"])

    def test_usage(self):
        for words in ([], ["x.o"], ["-o"], ["--wat"], ["inspect"], ["-o", "p", "--cluster", "moon", "x.o"]):
            self.assertEqual(subprocess.run([SBFLD, *words], capture_output=True).returncode, 2, words)
        self.assertEqual(subprocess.run([SBFLD, "inspect", "none.so"], capture_output=True).returncode, 1)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
