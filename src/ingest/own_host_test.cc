#include "ingest/own_host.h"

#include <gtest/gtest.h>

#include <map>

#include "ingest/impl/test_directory.h"

namespace wardhive {
namespace {

class Host : public ::testing::Test {
 protected:
  Host() {
    directory_.write("stat",
                     "cpu  300 0 0 0 0 0 0 0 0 0\ncpu0 100 2 30 4000 5 0 6 7 0 0\ncpu1 200 0 0 0 0 "
                     "0 0 0 0 0\nintr 1 2\nbtime 1700000000\n");
    directory_.write("meminfo",
                     "MemTotal:       16000 kB\nMemFree:         1000 kB\nMemAvailable:    9000 "
                     "kB\nCached: 5 kB\nSwapFree: 0 kB\n");
    directory_.write("loadavg", "0.50 1.25 2.00 1/200 4711\n");
    std::filesystem::create_directory(directory_ / "net");
    directory_.write("net/dev",
                     "Inter-|   Receive  |  Transmit\n face |bytes packets errs drop fifo frame "
                     "compressed multicast|bytes packets errs drop fifo colls carrier compressed\n"
                     "    lo: 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9\n  eth0:1000 10 3 0 0 0 0 0 2000 20 "
                     "4 0 0 0 0 0\n");
    directory_.write("diskstats",
                     "   8       0 sda 1 2 30 4 5 6 70 8 9 1500 11 0 0\n   7       0 loop0 1 2 30 "
                     "4 5 6 70 8 9 10 11 0 0\n");
  }
  std::map<std::string, double> read(Instant now) {
    const auto batch = host_.read(now);
    std::map<std::string, double> values;
    for (const auto& series : batch.defined) {
      EXPECT_EQ(series.entity, node("gate"));
      EXPECT_EQ(series.id, series_id(series.labels));
      names_[series.id] = format_series(series.labels);
    }
    for (const auto& sample : batch.samples) {
      EXPECT_TRUE(names_.contains(sample.series)) << "a sample before its definition";
      EXPECT_EQ(sample.at, now);
      values[names_[sample.series]] = sample.value;
    }
    return values;
  }

  const Instant start_ = instant_from_ns(1'700'000'000'000'000'000);
  testing::TestDirectory directory_;
  OwnHost host_{"gate", directory_ / ""};
  std::map<SeriesId, std::string> names_;
};

TEST_F(Host, IsReadUnderNodeExportersNamesAndUnits) {
  const auto values = read(start_);
  const std::map<std::string, double> expected{
      {R"(node_cpu_seconds_total{cpu="0",instance="gate",mode="user"})", 1},
      {R"(node_cpu_seconds_total{cpu="0",instance="gate",mode="idle"})", 40},
      {R"(node_cpu_seconds_total{cpu="0",instance="gate",mode="steal"})", 0.07},
      {R"(node_cpu_seconds_total{cpu="1",instance="gate",mode="user"})", 2},
      {R"(node_boot_time_seconds{instance="gate"})", 1.7e9},
      {R"(node_memory_MemTotal_bytes{instance="gate"})", 16'384'000},
      {R"(node_memory_MemAvailable_bytes{instance="gate"})", 9'216'000},
      {R"(node_memory_SwapFree_bytes{instance="gate"})", 0},
      {R"(node_load1{instance="gate"})", 0.5},
      {R"(node_load15{instance="gate"})", 2},
      {R"(node_network_receive_bytes_total{device="eth0",instance="gate"})", 1000},
      {R"(node_network_receive_errs_total{device="eth0",instance="gate"})", 3},
      {R"(node_network_transmit_bytes_total{device="eth0",instance="gate"})", 2000},
      {R"(node_network_transmit_errs_total{device="eth0",instance="gate"})", 4},
      {R"(node_disk_read_bytes_total{device="sda",instance="gate"})", 30 * 512},
      {R"(node_disk_written_bytes_total{device="sda",instance="gate"})", 70 * 512},
      {R"(node_disk_io_time_seconds_total{device="sda",instance="gate"})", 1.5}};
  for (const auto& [name, value] : expected) {
    ASSERT_TRUE(values.contains(name)) << name;
    EXPECT_EQ(values.at(name), value) << name;
  }
  for (const auto& [name, value] : values)
    for (const auto* no : {"\"lo\"", "loop0", "face", "Cached", "cpu=\"\""})
      EXPECT_EQ(name.find(no), std::string::npos) << name;
}

TEST_F(Host, SeriesAreDefinedOnceAndAgainEachMinute) {
  const auto all = host_.read(start_).defined.size();
  EXPECT_GT(all, 20u);
  EXPECT_EQ(host_.read(start_ + seconds(30)).defined.size(), 0u);
  directory_.append("net/dev", "  wg0: 1 1 1 0 0 0 0 0 1 1 1 0 0 0 0 0\n");
  EXPECT_EQ(host_.read(start_ + seconds(45)).defined.size(), 4u) << "a new device";
  EXPECT_EQ(host_.read(start_ + seconds(61)).defined.size(), all + 4);
}

TEST_F(Host, WhatIsMissingOrOddIsLeftOut) {
  std::filesystem::remove_all(directory_ / "net");
  directory_.write("meminfo", "MemTotal:\n\n:::\n");
  directory_.write("loadavg", "0.5");
  directory_.write("stat", std::string("cpu0 1 2\n\0\xff\n", 11));
  const auto values = read(start_);
  EXPECT_TRUE(values.contains(R"(node_disk_io_time_seconds_total{device="sda",instance="gate"})"));
  for (const auto& [name, value] : values)
    EXPECT_TRUE(name.starts_with("node_disk") || name.starts_with("node_filesystem")) << name;
}

TEST_F(Host, ItsSeriesAreBounded) {
  for (int i = 0; i < 2'000; ++i)
    directory_.append("net/dev",
                      "  veth" + std::to_string(i) + ": 1 1 1 0 0 0 0 0 1 1 1 0 0 0 0 0\n");
  EXPECT_EQ(host_.read(start_).samples.size(), 1'000u);
}

}  // namespace
}  // namespace wardhive
