// The source with its own thread and real HTTP against a running development chain:
//
//   wardhive devchain --port 8899 &
//   WARDHIVE_TEST_DEVCHAIN=http://127.0.0.1:8899 ingest_test --gtest_filter='Devchain.*'
//
// Without the variable it is skipped. Real time passes here, so it measures and does not only test.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "base/bytes.h"
#include "chain/rpc.h"
#include "ingest/chain_source.h"

namespace wardhive {
namespace {

using chain::Pubkey;

constexpr unsigned kChanges = 20;
constexpr Duration kWithin = seconds(5);  // of confirmation

Pubkey key(std::uint8_t fill) {
  Pubkey k;
  k.bytes.fill(fill);
  return k;
}

// Puts a stake account there whose withdraw authority is `withdrawer`.
void put_stake(const chain::Rpc& rpc, const Pubkey& at, const Pubkey& withdrawer) {
  chain::Bytes data(200);
  data[0] = 2;
  std::memcpy(data.data() + 44, withdrawer.bytes.data(), 32);
  const auto put = rpc.call(
      "devchain_setAccount",
      fmt::format(R"(["{}",{{"lamports":1000000000,"owner":"{}","data":"{}"}}])", at.text(),
                  "Stake11111111111111111111111111111111111111", to_base64(data)));
  ASSERT_TRUE(put.has_value()) << put.error().message;
}

TEST(Devchain, AChangeOfAnAuthorityIsSaidWithinFiveSeconds) {
  const char* url = std::getenv("WARDHIVE_TEST_DEVCHAIN");
  if (url == nullptr) GTEST_SKIP() << "WARDHIVE_TEST_DEVCHAIN names no development chain";
  const Path folder =
      std::filesystem::temp_directory_path() / fmt::format("devchain_{}", ::getpid());
  std::filesystem::create_directories(folder);
  const chain::Rpc rpc({.url = url});
  const auto vault = key(42);
  put_stake(rpc, vault, key(1));
  rpc.pause(seconds(2));  // confirmed before the first look, or its appearance is a change too

  std::mutex mutex;
  std::condition_variable arrived;
  std::vector<std::pair<std::string, MonoTime>> heard;  // who holds it, when it was said
  ChainSourceOptions options{.state = folder, .observer = "controller"};
  options.settings.endpoints = {url};
  options.settings.watch = {vault.text()};
  auto source = ChainSource::make(std::move(options), system_clock(), [&](ChainSaid said) {
                  if (const auto* event = std::get_if<Event>(&said)) {
                    const std::lock_guard lock(mutex);
                    heard.emplace_back(event->attributes.at("after"), system_clock().mono());
                    arrived.notify_all();
                  }
                  return true;
                }).value();
  source->start();
  rpc.pause(seconds(3));  // the first look

  std::vector<double> took_s;
  for (std::uint8_t i = 0; i < kChanges; ++i) {
    const auto holder = key(static_cast<std::uint8_t>(100 + i));
    put_stake(rpc, vault, holder);
    const auto changed_at = system_clock().mono();  // before it is confirmed: the bound is stricter
    std::unique_lock lock(mutex);
    const bool told = arrived.wait_for(
        lock, kWithin, [&] { return !heard.empty() && heard.back().first == holder.text(); });
    ASSERT_TRUE(told) << "change " << int{i} << " was not said within 5 s";
    took_s.push_back(to_seconds(heard.back().second - changed_at));
    lock.unlock();
    rpc.pause(millis(137 * i % 900));
  }
  source->stop();
  EXPECT_EQ(heard.size(), kChanges);  // each once
  std::ranges::sort(took_s);
  fmt::print("written to said: median {:.2f} s, worst {:.2f} s of {}\n", took_s[kChanges / 2],
             took_s.back(), kChanges);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace wardhive
