#include "ingest/remote_write.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "base/limits.h"
#include "ingest/impl/write_request.h"

namespace wardhive {
namespace {

using testing::packed;
using testing::SentSeries;
using testing::write_request;

class RemoteWrite : public ::testing::Test {
 protected:
  Result<SampleBatch> decode(const std::string& body) {
    return decoder_.decode(body, "application/x-protobuf", "snappy");
  }
  Result<SampleBatch> decode(const std::vector<SentSeries>& sent) {
    return decode(packed(write_request(sent)));
  }
  void expect_refused(const std::string& body, ErrorCode code, std::string_view part) {
    const auto batch = decode(body);
    ASSERT_FALSE(batch) << part;
    EXPECT_EQ(batch.error().code, code) << batch.error().message;
    EXPECT_NE(batch.error().message.find(part), std::string::npos) << batch.error().message;
  }
  void expect_refused(const std::vector<SentSeries>& sent, ErrorCode code, std::string_view part) {
    expect_refused(packed(write_request(sent)), code, part);
  }

  RemoteWriteDecoder decoder_{"instance", {{"10.0.0.7:9100", "gpu-7"}, {"10.0.0.8", "gpu-8"}}};
};

const Labels kUp{{"__name__", "up"}, {"instance", "10.0.0.7:9100"}};

TEST_F(RemoteWrite, ReadsBackWhatWasSent) {
  const double odd[] = {0.1, -0.0, 1e300, std::numeric_limits<double>::denorm_min(),
                        -std::numeric_limits<double>::infinity()};
  SentSeries sent{kUp, {}};
  for (std::size_t i = 0; i < std::size(odd); ++i)
    sent.samples.emplace_back(1'700'000'000'123 + static_cast<std::int64_t>(i), odd[i]);
  const auto batch = *decode({sent, {{{"__name__", "load"}, {"a", "\xc3\xa9 \n\""}}, {{-5, 2}}}});
  ASSERT_EQ(batch.defined.size(), 2u);
  EXPECT_EQ(batch.defined[0].labels, kUp);
  EXPECT_EQ(batch.defined[0].id, series_id(kUp));
  EXPECT_EQ(batch.defined[1].labels[1].second, "\xc3\xa9 \n\"");
  ASSERT_EQ(batch.samples.size(), 6u);
  for (std::size_t i = 0; i < std::size(odd); ++i)
    EXPECT_EQ(
        batch.samples[i],
        (Sample{series_id(kUp),
                instant_from_ns((1'700'000'000'123 + static_cast<std::int64_t>(i)) * 1'000'000),
                odd[i]}));
  EXPECT_TRUE(std::signbit(batch.samples[1].value));
  EXPECT_EQ(batch.samples[5].at, instant_from_ns(-5'000'000));
}

TEST_F(RemoteWrite, ASeriesIsDefinedOnce) {
  EXPECT_EQ(decode({{kUp, {{1, 1}}}, {kUp, {{2, 1}}}})->defined.size(), 1u);
  const auto again = *decode({{kUp, {{3, 0}}}});
  EXPECT_TRUE(again.defined.empty());
  EXPECT_EQ(again.samples[0].series, series_id(kUp));
  decoder_.forget_series();
  EXPECT_EQ(decode({{kUp, {{4, 1}}}})->defined.size(), 1u);
}

TEST_F(RemoteWrite, ARefusedRequestDefinesNothing) {
  ASSERT_TRUE(decode({{{{"__name__", "old"}}, {{1, 1}}}}));
  EXPECT_FALSE(decode({{kUp, {{1, 1}}}, {{{"instance", "nameless"}}, {{1, 1}}}}));
  EXPECT_FALSE(decode(packed(write_request({{{{"__name__", "cut"}}, {{1, 1}}}}) + "\x0a\x7f")));
  const auto batch = *decode(
      {{kUp, {{2, 1}}}, {{{"__name__", "cut"}}, {{1, 1}}}, {{{"__name__", "old"}}, {{2, 1}}}});
  EXPECT_EQ(batch.defined.size(), 2u) << "all but the old one";
}

TEST_F(RemoteWrite, TheIdentityLabelSaysWhoseSeriesItIs) {
  const auto entity = [&](const std::string& instance) {
    decoder_.forget_series();
    return decode({{{{"__name__", "up"}, {"instance", instance}}, {{1, 1}}}})
        ->defined.at(0)
        .entity.text();
  };
  EXPECT_EQ(entity("10.0.0.7:9100"), "node/gpu-7");
  EXPECT_EQ(entity("10.0.0.7:9999"), "node/10.0.0.7_9999") << "only this port is known";
  EXPECT_EQ(entity("10.0.0.8:1"), "node/gpu-8");
  EXPECT_EQ(entity("other.example:9100"), "node/other.example_9100");
  EXPECT_EQ(entity("../<b>"), "node/..__b_") << "no path and no markup";
  EXPECT_EQ(entity(""), "node/unknown");
  EXPECT_EQ(entity(std::string(200, 'a')), "node/" + std::string(63, 'a'));
}

TEST_F(RemoteWrite, StalenessMarkersAreLeftOutAndNanIsNot) {
  const auto stale = std::bit_cast<double>(std::uint64_t{0x7ff0000000000002});
  const auto batch = *decode({{kUp, {{1, stale}, {2, std::numeric_limits<double>::quiet_NaN()}}}});
  ASSERT_EQ(batch.samples.size(), 1u);
  EXPECT_TRUE(std::isnan(batch.samples[0].value));
  EXPECT_EQ(decoder_.left_out(), 1u);
}

TEST_F(RemoteWrite, HistogramsExemplarsAndMetadataAreLeftOut) {
  std::string bytes;
  {
    protozero::pbf_writer request(bytes);
    {
      protozero::pbf_writer series(request, 1);
      protozero::pbf_writer(series, 1).add_string(1, "__name__");  // an empty label is no label
      series.add_message(3, std::string("exemplar"));
      series.add_message(4, std::string("histogram"));
      protozero::pbf_writer label(series, 1);
      label.add_string(1, "__name__");
      label.add_string(2, "requests");
    }
    request.add_message(3, std::string("metadata"));
  }
  const auto batch = *decode(packed(bytes));
  EXPECT_TRUE(batch.samples.empty());
  EXPECT_EQ(batch.defined.size(), 1u);
  EXPECT_EQ(decoder_.left_out(), 2u);
}

TEST_F(RemoteWrite, OtherEncodingsAreUnsupported) {
  const auto body = packed(write_request({{kUp, {{1, 1}}}}));
  EXPECT_EQ(
      decoder_.decode(body, "application/x-protobuf;proto=io.prometheus.write.v2.Request", "snappy")
          .error()
          .code,
      ErrorCode::Unsupported);
  EXPECT_EQ(decoder_.decode(body, "application/json", "snappy").error().code,
            ErrorCode::Unsupported);
  EXPECT_EQ(decoder_.decode(body, "", "snappy").error().code, ErrorCode::Unsupported);
  EXPECT_EQ(decoder_.decode(body, "application/x-protobuf", "gzip").error().code,
            ErrorCode::Unsupported);
  EXPECT_TRUE(
      decoder_.decode(body, "application/x-protobuf;proto=prometheus.WriteRequest", "snappy"));
}

TEST_F(RemoteWrite, ADeclaredLengthIsCheckedBeforeItIsBelieved) {
  expect_refused(std::string("\xff\xff\xff\xff\x0f") + "x", ErrorCode::LimitReached,
                 "unpacks to 4294967295 bytes");
  expect_refused(std::string("\x81\x80\x80\x20", 4), ErrorCode::LimitReached, "at most 67108864");
  expect_refused(std::string("\x05\x00", 2), ErrorCode::InvalidInput, "not a snappy block");
}

TEST_F(RemoteWrite, CutMessagesAreRefused) {
  const auto whole = write_request({{kUp, {{1, 1}}}});
  for (std::size_t size = 1; size < whole.size(); ++size)
    EXPECT_FALSE(decode(packed(whole.substr(0, size)))) << size;
  const auto body = packed(whole);
  for (std::size_t size = 0; size < body.size(); ++size)
    EXPECT_FALSE(decode(body.substr(0, size))) << size;
  expect_refused(packed("garbage"), ErrorCode::InvalidInput, "not a prometheus.WriteRequest");
  expect_refused(std::string("garbage"), ErrorCode::InvalidInput, "snappy");
}

TEST_F(RemoteWrite, LabelsMustBeSortedOnceAndNamed) {
  expect_refused({{{{"instance", "a"}, {"__name__", "up"}}, {{1, 1}}}}, ErrorCode::InvalidInput,
                 "\"__name__\" follows \"instance\"");
  expect_refused({{{{"__name__", "up"}, {"a", "1"}, {"a", "2"}}, {{1, 1}}}},
                 ErrorCode::InvalidInput, "each once");
  expect_refused({{{{"instance", "a"}}, {{1, 1}}}}, ErrorCode::InvalidInput,
                 "no label \"__name__\"");
  expect_refused({{{}, {{1, 1}}}}, ErrorCode::InvalidInput, "no label \"__name__\"");
}

TEST_F(RemoteWrite, LabelsAreBounded) {
  Labels many{{"__name__", "up"}};
  for (std::size_t i = 0; i < limits::kLabelsPerSeriesMax; ++i)
    many.emplace_back("l" + std::to_string(100 + i), "v");
  expect_refused({{many, {{1, 1}}}}, ErrorCode::LimitReached, "65 labels");
  expect_refused(
      {{{{"__name__", "up"}, {"a", std::string(limits::kLabelBytesMax, 'a')}}, {{1, 1}}}},
      ErrorCode::LimitReached, "bytes of labels");
  expect_refused({{{{"__name__", "up"}, {"a", std::string(1'000'000, 'a')}}, {{1, 1}}}},
                 ErrorCode::LimitReached, "bytes of labels");
}

TEST_F(RemoteWrite, SamplesAreBounded) {
  SentSeries sent{kUp, {}};
  sent.samples.resize(limits::kSamplesPerRequestMax, {1, 1});
  EXPECT_EQ(decode({sent})->samples.size(), limits::kSamplesPerRequestMax);
  sent.samples.emplace_back(1, 1);
  expect_refused({sent}, ErrorCode::LimitReached, "more than 1000000 samples");
  expect_refused({{kUp, {{std::numeric_limits<std::int64_t>::max(), 1}}}}, ErrorCode::InvalidInput,
                 "out of range");
}

// A getter that trusts the tag alone would read past the field.
TEST_F(RemoteWrite, KnownFieldsOfAnotherTypeArePassedOver) {
  std::string bytes;
  {
    protozero::pbf_writer request(bytes);
    request.add_uint64(1, 5);
    protozero::pbf_writer series(request, 1);
    {
      protozero::pbf_writer label(series, 1);
      label.add_string(1, "__name__");
      label.add_uint64(2, 7);
      label.add_string(2, "up");
    }
    series.add_uint64(2, 9);
    protozero::pbf_writer sample(series, 2);
    sample.add_uint64(1, 9);
    sample.add_double(2, 9);
  }
  const auto batch = *decode(packed(bytes));
  ASSERT_EQ(batch.samples.size(), 1u);
  EXPECT_EQ(batch.samples[0].value, 0);
  EXPECT_EQ(batch.samples[0].at, Instant{});
}

}  // namespace
}  // namespace wardhive
