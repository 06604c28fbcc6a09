#!/usr/bin/env python3
"""tools/tidy bites: each rule, broken in a tiny tree, is reported with its remedy; a clean tree passes."""
import contextlib
import io
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
import tidy_rules  # noqa: E402

TOOLS = Path(__file__).resolve().parent
LAYERS = """\
base:
model: base
net: base
pure risk: base model
pure respond: base model
testkit: base
app: *
"""
HEADER = "// A header.\n#pragma once\n"


class Tidy(unittest.TestCase):
    maxDiff = None

    def run_tidy(self, files: dict[str, str], fast: bool = True, git: bool = False) -> tuple[int, list[str]]:
        """Exit code, and the errors and warnings, of a tree made of `files`."""
        with tempfile.TemporaryDirectory() as directory:
            root = Path(directory)
            for path, text in {"tools/layers.txt": LAYERS, **files}.items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(text)
            if git:
                subprocess.run(["git", "init", "-q", root], check=True)
            with contextlib.redirect_stdout(io.StringIO()) as printed:
                code = tidy_rules.run(root, fast)
            return code, printed.getvalue().splitlines()[:-1]

    def assert_found(self, files: dict[str, str], *expected: str) -> None:
        """Exactly these lines are found, each up to where the expectation ends."""
        code, found = self.run_tidy(self.listed(files))
        self.assertEqual([line[:len(want)] for line, want in zip(found, expected)], list(expected))
        self.assertEqual(len(found), len(expected), found)
        self.assertEqual(code, 1)

    def assert_clean(self, files: dict[str, str]) -> None:
        self.assertEqual(self.run_tidy(self.listed(files)), (0, []))

    @staticmethod
    def listed(files: dict[str, str]) -> dict[str, str]:
        """Adds the CMakeLists.txt that the rooms' sources need."""
        rooms: dict[str, list[str]] = {}
        for path in files:
            parts = path.split("/")
            if parts[0] == "src" and path.endswith(".cc") and len(parts) > 2:
                rooms.setdefault(parts[1], []).append("/".join(parts[2:]))
        lists = {f"src/{room}/CMakeLists.txt": f"wardhive_room({room} SOURCES {' '.join(sources)})\n"
                 for room, sources in rooms.items()}
        return {**lists, **files}


class Clean(Tidy):
    TREE = {
        "src/base/result.h": HEADER,
        "src/risk/score.h": HEADER + '#include "base/result.h"\n',
        "src/risk/score.cc": '#include "risk/score.h"\n\n#include <vector>\n',
        "src/risk/rules/catalog.h": HEADER,
        "src/risk/score_test.cc": '#include "testkit/clock.h"\n#include <fstream>\n',
        "src/testkit/clock.h": HEADER,
        "src/app/pipeline.cc": '#include "respond/step.h"\n#include "risk/rules/catalog.h"\n#include <mutex>\n',
        "src/respond/step.h": HEADER,
        "tests/scenario/two.cc": '#include "risk/rules/detail.h"\n',
        "changes/added/loop.md": "The loop closes.\n",
        "README.md": "[changes](changes/added/loop.md#x) [web](https://example.org/x) `[no](link)`\n",
    }

    def test_a_clean_tree_passes(self):
        self.assert_clean(self.TREE)

    def test_comments_and_strings_are_not_code(self):
        self.assert_clean({"src/risk/a.cc": """\
// throw sprintf( <mutex> assert(
/* system("x")
   #include <mutex> */
const char* a = "throw \\" system(";
const char* b = R"x(
#include <mutex>
throw " )" )x";
const int c = 100'000;  // the quote is a separator: throw
const char d = '"';
static_assert(c == 100'000);
"""})

    def test_code_after_a_string_is_code_again(self):
        self.assert_found({"src/base/a.cc": "const char d = '\"'; void f() { throw 1; }\n"},
                          "src/base/a.cc:1: `throw` is banned here (our code does not throw; return Result")

    def test_what_git_ignores_is_not_looked_at(self):
        files = {".gitignore": "/made/\n", "made/a.cc": "throw\t1; \n", "src/base/a.h": HEADER}
        self.assertEqual(self.run_tidy(files, git=True), (0, []))
        self.assertEqual(self.run_tidy(files)[0], 1)

    def test_build_is_not_looked_at_without_git(self):
        self.assert_clean({"build/x/a.cc": "throw\t1; \n"})


class Layers(Tidy):
    def test_a_stage_may_not_include_another(self):
        self.assert_found({"src/risk/x.cc": '#include "respond/step.h"\n', "src/respond/step.h": HEADER},
                          "src/risk/x.cc:1: risk may not include respond (allowed: base model)")

    def test_base_includes_nothing_of_ours(self):
        self.assert_found({"src/base/x.cc": '\n#include "model/id.h"\n'},
                          "src/base/x.cc:2: base may not include model (allowed: nothing of ours)")

    def test_testkit_is_for_tests(self):
        self.assert_found({"src/risk/x.cc": '#include "testkit/clock.h"\n'},
                          "src/risk/x.cc:1: risk may not include testkit (allowed: base model)")

    def test_a_test_may_not_include_another_stage(self):
        self.assert_found({"src/risk/x_test.cc": '#include "respond/step.h"\n'},
                          "src/risk/x_test.cc:1: risk may not include respond (allowed: base model)")

    def test_a_room_may_not_link_what_it_may_not_include(self):
        self.assert_found({"src/risk/CMakeLists.txt": "wardhive_room(risk\n  LINK wh_base wh_respond)\n"},
                          "src/risk/CMakeLists.txt:2: risk may not link respond (allowed: base model)")

    def test_a_sub_folder_is_private_but_for_its_catalogue(self):
        self.assert_found({"src/app/x.cc": '#include "risk/rules/detail.h"\n#include "risk/rules/catalog.h"\n'},
                          "src/app/x.cc:1: risk/rules/detail.h is private to risk (include a header in the root")

    def test_an_include_names_its_room(self):
        self.assert_found({"src/risk/x.cc": '#include "score.h"\n'},
                          'src/risk/x.cc:1: "score.h" names no room (write "room/file.h"')

    def test_a_room_stands_in_the_table(self):
        self.assert_found({"src/magic/x.h": HEADER},
                          "src/magic/x.h:1: magic is no room of tools/layers.txt (add its line, or move the file)")

    def test_a_source_lies_in_a_room(self):
        self.assert_found({"src/x.h": HEADER}, "src/x.h:1: lies in no room (move it into a folder of src/)")

    def test_a_broken_line_of_the_table_is_reported(self):
        self.assert_found({"tools/layers.txt": "base:\nmodel = base\n"},
                          "tools/layers.txt:2: expected `[pure] room: room room ...`")


class Cycles(Tidy):
    def test_between_files_of_a_room(self):
        self.assert_found({"src/base/a.h": HEADER + '#include "base/b.h"\n',
                           "src/base/b.h": HEADER + '#include "base/a.h"\n'},
                          "src/base/a.h:3: files include each other in a circle: "
                          "src/base/a.h -> src/base/b.h -> src/base/a.h (forward-declare")

    def test_between_rooms_though_each_include_is_allowed(self):
        files = {"src/net/a.h": HEADER + '#include "app/x.h"\n', "src/app/x.h": HEADER,
                 "src/app/y.h": HEADER + '#include "net/b.h"\n', "src/net/b.h": HEADER,
                 "tools/layers.txt": "app: net\nnet: app\n"}
        self.assert_found(files,
                          "src/app:1: rooms include each other in a circle: app -> net -> app (move what both need",
                          "tools/layers.txt:1: rooms in a circle: app -> net -> app (one of them must give way)")


class Bans(Tidy):
    def ban(self, line: str, path: str, expected: str) -> None:
        first = HEADER if path.endswith(".h") else ""
        number = first.count("\n") + 1
        with self.subTest(line=line):
            self.assert_found({path: f"{first}{line}\n"}, f"{path}:{number}: {expected}")

    def test_a_pure_room_knows_no_clock_thread_or_file(self):
        for name in ("mutex", "thread", "atomic", "fstream", "iostream", "filesystem", "sys/socket.h"):
            self.ban(f"#include <{name}>", "src/risk/x.cc", f"<{name}> is banned here (a pure room knows no clock")
            self.assert_clean({"src/net/x.cc": f"#include <{name}>\n"})
        for name in ("base/clock.h", "base/log.h", "base/file.h"):
            self.ban(f'#include "{name}"', "src/respond/x.h", f'"{name}" is banned here (a pure room knows no clock')
        for call, shown in (("auto t = std::chrono::steady_clock::now();", "steady_clock::now("),
                            ("auto t = time(nullptr);", "time(nullptr"), ("clock_gettime(0, &t);", "clock_gettime("),
                            ('getenv("HOME");', "getenv("), ("int r = rand();", "rand("),
                            ("std::random_device d;", "random_device")):
            self.ban(call, "src/risk/x.cc", f"`{shown}` is banned here (a")
            self.assert_clean({"src/net/x.cc": call + "\n"})

    def test_a_library_is_spoken_in_one_room(self):
        for name, room in (("asio/ip/tcp.hpp", "net"), ("boost/beast/http.hpp", "net"), ("curl/curl.h", "net"),
                           ("sqlite3.h", "store"), ("nftables/libnftables.h", "enforce"),
                           ("toml++/toml.h", "config")):
            self.ban(f"#include <{name}>", "src/app/x.cc", f"<{name}> is banned here (only {room} ")
        self.assert_clean({"src/risk/impl/x.h": HEADER + "#include <boost/container/small_vector.hpp>\n"})

    def test_net_keeps_asio_out_of_its_public_headers(self):
        self.ban("#include <asio.hpp>", "src/net/x.h", "<asio.hpp> is banned here (heavy for everyone")
        self.assert_clean({"src/net/detail/x.h": HEADER + "#include <asio.hpp>\n", "src/net/x.cc": "#include <asio.hpp>\n"})

    def test_what_this_library_lacks(self):
        for name in ("format", "print", "flat_map"):
            self.ban(f"#include <{name}>", "src/base/x.cc", f"<{name}> is banned here (this libstdc++ lacks it; use ")

    def test_dangerous_calls(self):
        for line, expected in (
                ('system("ls");', "`system(` is banned here (a shell reads its argument; use posix_spawn"),
                ('popen("ls", "r");', "`popen(` is banned here (a shell"),
                ("strcpy(a, b);", "`strcpy(` is banned here (knows no bound; use fmt"),
                ('sprintf(a, "x");', "`sprintf(` is banned here (knows no bound"),
                ("std::regex r;", "`std::regex` is banned here (recurses on hostile input"),
                ("throw 1;", "`throw` is banned here (our code does not throw; return Result"),
                ("assert(x);", "`assert(` is banned here (vanishes in a release; use WARDHIVE_ASSERT")):
            self.ban(line, "src/base/x.cc", expected)
        self.assert_clean({"src/base/x_test.cc": 'throw 1; system("nft list ruleset");\n'})
        self.assert_clean({"src/base/x.cc": 'snprintf(a, 9, "x"); parser.system(); system_error(); WARDHIVE_ASSERT(x);\n'})

    def test_a_test_does_not_sleep(self):
        for line in ("std::this_thread::sleep_for(x);", "usleep(3);", "sleep(1);"):
            with self.subTest(line=line):
                self.assert_found({"src/base/x_test.cc": line + "\n"}, "src/base/x_test.cc:1: `")
                self.assert_clean({"src/base/x.cc": line + "\n"})

    def test_headers(self):
        self.ban("using namespace std;", "src/base/x.h", "`using namespace` is banned here (it reaches everyone")
        self.assert_found({"src/base/x.h": "// A header.\n"}, "src/base/x.h:1: has no include guard (write `#pragma once`")
        self.assert_found({"src/base/x.h": "#pragma once\n"}, "src/base/x.h:1: does not say what it is for (begin with")


class Builds(Tidy):
    def test_a_source_is_listed(self):
        self.assert_found({"src/base/CMakeLists.txt": "wardhive_room(base SOURCES b/x.cc)  # x.cc\n",
                           "src/base/x.cc": "", "src/base/b/x.cc": ""},
                          "src/base/x.cc:1: is built by nobody (add x.cc to src/base/CMakeLists.txt)")

    def test_a_header_compiles_alone(self):
        files = {"src/base/a.h": HEADER + "std::string name;\n",
                 "src/base/b.h": HEADER + "#include <string>\nstd::string name;\n",
                 "src/model/c.h": HEADER + '#include "base/b.h"\nstd::string other = name;\n'}
        code, found = self.run_tidy(files, fast=False)
        self.assertEqual(code, 1)
        self.assertEqual(len(found), 1, found)
        self.assertRegex(found[0], r"^src/base/a\.h:1: does not compile alone: .*std.* \(include what it uses\)$")

    def test_a_header_that_a_source_includes_first_is_proven_by_the_build(self):
        files = self.listed({"src/base/a.h": HEADER + "std::string a;\n", "src/base/b.h": HEADER + "std::string b;\n",
                             "src/base/a.cc": '#include "base/a.h"\n#include "base/b.h"\n'})
        code, found = self.run_tidy(files, fast=False)
        self.assertEqual((code, [line.split(":")[0] for line in found]), (1, ["src/base/b.h"]))

    def test_a_header_is_looked_at_again_when_what_it_includes_changes(self):
        with tempfile.TemporaryDirectory() as directory:
            root = Path(directory)
            for path in ("tools", "src/base"):
                (root / path).mkdir(parents=True)
            (root / "tools/layers.txt").write_text(LAYERS)
            (root / "src/base/a.h").write_text(HEADER + "struct A {};\n")
            (root / "src/base/b.h").write_text(HEADER + '#include "base/a.h"\ninline A a;\n')
            command = [sys.executable, TOOLS / "tidy", "--root", root]
            self.assertEqual(subprocess.run(command, capture_output=True).returncode, 0)
            (root / "src/base/a.h").write_text(HEADER + "struct Other {};\n")
            again = subprocess.run(command, capture_output=True, text=True)
            self.assertEqual(again.returncode, 1)
            self.assertIn("src/base/b.h:1: does not compile alone", again.stdout)


class Text(Tidy):
    def test_length(self):
        self.assert_found({"src/base/x.cc": "\n" * 601}, "src/base/x.cc:601: has 601 lines, 600 at most (find the second")
        code, found = self.run_tidy(self.listed({"src/base/x.cc": "\n" * 301}))
        self.assertEqual((code, len(found)), (0, 1))
        self.assertIn("src/base/x.cc:301: warning: has 301 lines", found[0])

    def test_fragments(self):
        for path, text, expected in (
                ("changes/x.md", "Words.\n", "is no fragment (name it changes/KIND/"),
                ("changes/improved/x.md", "Words.\n", "is no fragment (name it changes/KIND/"),
                ("changes/fixed/x.txt", "Words.\n", "is no fragment (name it changes/KIND/"),
                ("changes/fixed/x.md", "\n", "is empty (say in the user's words"),
                ("changes/fixed/x.md", "One.\n\nTwo.\n", "is more than one paragraph (no headings"),
                ("changes/fixed/x.md", "# Title\n", "is more than one paragraph (no headings")):
            with self.subTest(path=path, text=text):
                self.assert_found({path: text}, f"{path}:1: {expected}")
        self.assert_clean({"changes/README.md": "# Title\n\nWords.\n", "changes/security/x.md": "Words\nand words.\n"})

    def test_characters(self):
        self.assert_found({"src/base/x.cc": "\tint a; \nint b;"},
                          "src/base/x.cc:1: ends in blanks (remove them)",
                          "src/base/x.cc:1: holds a tab (./dev fmt)",
                          "src/base/x.cc:2: does not end with a line break (add one)")
        self.assert_clean({"tests/corpus/x_fuzz/seed": "\tseed "})

    def test_paths_of_one_machine(self):
        for folder in ("home/me", "work/main", "tmp/w/x"):
            with self.subTest(folder=folder):
                self.assert_found({"docs/x.md": f"See /{folder}.\n"}, "docs/x.md:1: names a path of one machine, /")
        self.assert_clean({"docs/x.md": "See frame/work/x, ProtectHome=yes and /tmp/wardhive.\n"})

    def test_links(self):
        self.assert_found({"docs/x.md": "Words.\n\n[a](there.md)\n[b](/x.md)\n```\n[c](gone.md)\n```\n[d](y.md)\n",
                           "docs/y.md": "Words.\n"},
                          "docs/x.md:3: links to there.md, which is not there (links are relative to this file)",
                          "docs/x.md:4: links to /x.md, which is not there")


class Programs(Tidy):
    TABLE = LAYERS + "programs/sol:\nprograms/core: sol\n"

    def test_parts_include_what_their_line_allows(self):
        files = {"tools/layers.txt": self.TABLE, "programs/sol/account.h": HEADER}
        self.assert_clean({**files, "programs/core/stake.cc": '#include "sol/account.h"\n'})
        self.assert_clean({**files, "programs/sol/a_test.cc": '#include "core/stake.h"\n'})
        self.assert_found({**files, "programs/core/stake.cc": '#include "base/result.h"\n'},
                          "programs/core/stake.cc:1: programs/core may not include base (allowed: sol)")
        self.assert_found({**files, "programs/core/stake.cc": "sol::detail::RawAccount* raw;\n"},
                          "programs/core/stake.cc:1: an account behind sol's back; open a handle (sol/account.h), "
                          "or add the open_ function that is missing to programs/sol")
        self.assert_found({**files, "programs/new/x.cc": "\n"},
                          "programs/new/x.cc:1: programs/new has no line in tools/layers.txt")


if __name__ == "__main__":
    unittest.main()
