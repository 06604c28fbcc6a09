// For the tests of this room: a store in a directory of its own, short ways to say what goes in,
// and children that may be killed.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <string>

#include "store/impl/sqlite.h"
#include "store/store.h"

namespace wardhive {

inline LogEntry control(std::uint64_t offset, std::string kind = "tick", std::string body = "{}") {
  return {offset, LogStream::Control, Instant{} + seconds(static_cast<std::int64_t>(offset)),
          std::move(kind), std::move(body)};
}
inline LogEntry samples(std::uint64_t offset, std::string body) {
  return {offset, LogStream::Samples, Instant{} + seconds(static_cast<std::int64_t>(offset)),
          "samples", std::move(body)};
}
inline JournalRow row(std::uint64_t offset, std::uint32_t index, std::string kind, std::string id,
                      std::string body) {
  return {offset,          index,         Instant{} + seconds(static_cast<std::int64_t>(offset)),
          std::move(kind), std::move(id), std::move(body)};
}
// A record and the decision it led to.
inline Commit step(std::uint64_t offset) {
  return {.log = {control(offset)},
          .journal = {row(offset, 0, "decision", fmt::format("dec-{}", offset),
                          fmt::format("{{\"n\":{}}}", offset))}};
}

class StoreTest : public testing::Test {
 protected:
  void SetUp() override {
    auto name = (std::filesystem::temp_directory_path() / "wardhive-store-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
    database_ = directory_ / "wardhive.db";
  }
  void TearDown() override {
    store_.reset();
    std::filesystem::remove_all(directory_);
  }

  Store& open() {
    store_.reset();
    auto opened = Store::open(directory_);
    EXPECT_TRUE(opened) << opened.error().message;
    store_ = opened ? std::move(*opened) : nullptr;
    return *store_;
  }
  // What opening says when it must not succeed.
  Error open_error() {
    auto opened = Store::open(directory_);
    EXPECT_FALSE(opened);
    return opened ? Error{} : opened.error();
  }
  // Steps `first`..`last`, in one commit.
  void fill(Store& store, std::uint64_t first, std::uint64_t last) {
    Commit all;
    for (auto offset = first; offset <= last; ++offset) {
      all.log.push_back(step(offset).log[0]);
      all.journal.push_back(step(offset).journal[0]);
    }
    const auto status = store.commit(all);
    ASSERT_TRUE(status) << status.error().message;
  }
  // Somebody with the sqlite3 shell.
  void tamper(const std::string& sql) {
    auto connection = Connection::open(database_, Connection::Mode::Write);
    ASSERT_TRUE(connection) << connection.error().message;
    const auto status = connection->execute(sql.c_str());
    ASSERT_TRUE(status) << status.error().message;
  }

  Path directory_, database_;
  std::unique_ptr<Store> store_;
};

// Runs `work` in a child process and returns what it answered, as root could not be refused much,
// or as a small process whose disk is full.
inline std::string in_child(const std::function<std::string()>& work) {
  int pipe[2];
  if (::pipe(pipe) != 0) return "no pipe";
  const auto child = ::fork();
  if (child == 0) {
    const auto answer = work();
    const auto written = ::write(pipe[1], answer.data(), answer.size());
    ::_exit(written == static_cast<ssize_t>(answer.size()) ? 0 : 1);
  }
  ::close(pipe[1]);
  std::string answer;
  char buffer[4096];
  for (ssize_t count; (count = ::read(pipe[0], buffer, sizeof buffer)) > 0;)
    answer.append(buffer, static_cast<std::size_t>(count));
  ::close(pipe[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (status != 0) answer += fmt::format(" (child ended with status {})", status);
  return answer;
}

}  // namespace wardhive
