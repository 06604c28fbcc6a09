#include "ingest/recording.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cmath>

#include "ingest/impl/test_directory.h"

namespace wardhive {
namespace {

class Recording : public ::testing::Test {
 protected:
  Path write_gz(std::string_view name, std::string_view bytes) {
    const auto path = directory_ / name;
    gzFile file = gzopen(path.c_str(), "wb");
    EXPECT_EQ(gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size())),
              static_cast<int>(bytes.size()));
    EXPECT_EQ(gzclose(file), Z_OK);
    return path;
  }
  // What reading `table` to its end says, after the directory's name.
  std::string error_of(std::string_view table, SeriesOptions options = {}) {
    const auto path = directory_.write("table.csv", table);
    auto recording = SeriesRecording::open(path, options);
    Instant at;
    std::vector<double> values;
    auto more = recording ? (*recording)->next(at, values) : std::unexpected(recording.error());
    while (more && *more) more = (*recording)->next(at, values);
    return more ? "no error"
                : more.error().message.substr(path.string().size() -
                                              std::string_view("table.csv").size());
  }

  testing::TestDirectory directory_;
  const SeriesOptions stepped_{*parse_rfc3339("2026-01-01T00:00:00Z"), minutes(1)};
};

TEST_F(Recording, ATableWithTimesIsReadAsItStands) {
  const auto path = directory_.write("nab.csv",
                                     "timestamp,value\n2014-02-14 14:30:00,0.132\n2014-02-14 "
                                     "14:35:00,-1e3\r\n\n2014-02-14T14:40:00+00:00,7");
  const auto recording = *SeriesRecording::open(path, {});
  EXPECT_EQ(recording->names(), std::vector<std::string>{"value"});
  Instant at;
  std::vector<double> values;
  for (const auto& [time, value] : {std::pair{"2014-02-14T14:30:00Z", 0.132},
                                    {"2014-02-14T14:35:00Z", -1e3},
                                    {"2014-02-14T14:40:00Z", 7.0}}) {
    ASSERT_TRUE(*recording->next(at, values));
    EXPECT_EQ(format_rfc3339(at), time);
    EXPECT_EQ(values, std::vector<double>{value});
  }
  EXPECT_FALSE(*recording->next(at, values));
  EXPECT_EQ(recording->progress(), 1.0);
}

TEST_F(Recording, AWideGzipTableGetsItsTimesFromStartAndStep) {
  std::string table;
  for (int row = 0; row < 1'000; ++row)
    for (int column = 0; column < 38; ++column)
      table += std::to_string(row * column) + (column == 37 ? '\n' : ',');
  const auto recording = *SeriesRecording::open(write_gz("wide.csv.gz", table), stepped_);
  ASSERT_EQ(recording->names().size(), 38u);
  EXPECT_EQ(recording->names()[37], "column_37");
  Instant at;
  std::vector<double> values;
  for (int row = 0; row < 1'000; ++row) {
    ASSERT_TRUE(*recording->next(at, values)) << row;
    EXPECT_EQ(at, *stepped_.start + minutes(row));
    ASSERT_EQ(values.size(), 38u);
    EXPECT_EQ(values[37], row * 37);
  }
  EXPECT_FALSE(*recording->next(at, values));
}

TEST_F(Recording, MissingCellsAreMissingAndNotZero) {
  const auto path = directory_.write(
      "holes.csv", "time,a,b,\"c\",\n1700000000,,NaN,+3,NA\n1700000000.5,\"1\", 2 ,3,4\n");
  const auto recording = *SeriesRecording::open(path, {});
  EXPECT_EQ(recording->names(), (std::vector<std::string>{"a", "b", "c", "column_4"}));
  Instant at;
  std::vector<double> values;
  ASSERT_TRUE(*recording->next(at, values));
  EXPECT_TRUE(std::isnan(values[0]) && std::isnan(values[1]) && std::isnan(values[3]));
  EXPECT_EQ(values[2], 3);
  ASSERT_TRUE(*recording->next(at, values));
  EXPECT_EQ(at, instant_from_ns(1'700'000'000'500'000'000));
  EXPECT_EQ(values, (std::vector<double>{1, 2, 3, 4}));
}

TEST_F(Recording, AnErrorNamesFileLineAndWhatWasExpected) {
  EXPECT_EQ(error_of(""), "table.csv:1: file is empty");
  EXPECT_EQ(error_of("timestamp\n"), "table.csv:1: no column besides the time");
  EXPECT_EQ(error_of("timestamp,a\n\n1,2\n3\n"), "table.csv:4: row has 1 cells; expected 2");
  EXPECT_EQ(error_of("timestamp,a\nnoon,2\n"),
            "table.csv:2: \"noon\" is no time; expected RFC 3339, 2014-02-14 14:30:00, or seconds "
            "since 1970");
  EXPECT_EQ(error_of("timestamp,a\n1e30,2\n").substr(0, 24), "table.csv:2: \"1e30\" is n");
  EXPECT_EQ(error_of("timestamp,a,b\n1,2,x\n"), "table.csv:2: cell 3 \"x\" is no number");
  EXPECT_EQ(
      error_of("1,2\n", {}),
      "table.csv:1: the table has no times; say them with --start 2026-01-01T00:00:00Z --step 60s");
  EXPECT_EQ(error_of("a,b\n1,2\n", stepped_),
            "table.csv:1: \"a\" is no number; expected a head that starts with `timestamp`, or "
            "numbers only");
  EXPECT_EQ(error_of("1,2\n3,4,5\n", stepped_), "table.csv:2: row has 3 cells; expected 2");
  EXPECT_EQ(error_of("timestamp" + std::string(5'000, ',')), "table.csv:1: more than 4096 columns");
  EXPECT_EQ(error_of("timestamp,a\n" + std::string(2'000'000, '1')),
            "table.csv:2: line has more than 1048576 bytes");
  EXPECT_EQ(SeriesRecording::open(directory_ / "absent.csv", {}).error().code, ErrorCode::NotFound);
}

TEST_F(Recording, ACutGzipFileIsCorruptAndNotShort) {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += std::to_string(i * 7919) + "\n";
  const auto path = write_gz("cut.gz", text);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  const auto lines = *LineSource::open(path);
  std::string line;
  auto more = lines->next(line);
  int count = 0;
  for (; more && *more; more = lines->next(line)) ++count;
  EXPECT_GT(count, 100);
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code, ErrorCode::Corrupt);
}

TEST_F(Recording, LinesKeepTheirOddBytes) {
  using std::string_view_literals::operator""sv;
  const auto lines = *LineSource::open(directory_.write("log", "a\0b\n\0\n\r\n\xff\r\r\nlast"sv));
  std::string line;
  for (const auto expected : {"a\0b"sv, "\0"sv, ""sv, "\xff\r"sv, "last"sv}) {
    ASSERT_TRUE(*lines->next(line));
    EXPECT_EQ(line, expected);
  }
  EXPECT_FALSE(*lines->next(line));
}

}  // namespace
}  // namespace wardhive
