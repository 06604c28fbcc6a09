#include "ingest/remote_write.h"

#include <fmt/format.h>
#include <snappy.h>

#include <bit>
#include <cstring>
#include <protozero/pbf_reader.hpp>

#include "base/limits.h"

namespace wardhive {
namespace {

constexpr std::uint64_t kStaleNan = 0x7ff0000000000002;  // prometheus/model/value: StaleNaN

// Field numbers of prometheus/prompb: types.proto and remote.proto.
enum class Request : protozero::pbf_tag_type { timeseries = 1 };
enum class TimeSeries : protozero::pbf_tag_type { labels = 1, samples = 2 };
enum class LabelField : protozero::pbf_tag_type { name = 1, value = 2 };
enum class SampleField : protozero::pbf_tag_type { value = 1, timestamp = 2 };

// A known field of another wire type is passed over like an unknown one: protozero's getters take
// the type on trust.
template <class Field>
bool is(const protozero::pbf_reader& reader, Field field, protozero::pbf_wire_type type) {
  return reader.tag() == static_cast<protozero::pbf_tag_type>(field) && reader.has_wire_type(type);
}

std::string_view view(protozero::data_view data) { return {data.data(), data.size()}; }

Result<std::pair<std::string, std::string>> read_label(std::string_view raw) {
  std::pair<std::string, std::string> label;
  protozero::pbf_reader reader(raw.data(), raw.size());
  while (reader.next()) {
    if (is(reader, LabelField::name, protozero::pbf_wire_type::length_delimited))
      label.first = view(reader.get_view());
    else if (is(reader, LabelField::value, protozero::pbf_wire_type::length_delimited))
      label.second = view(reader.get_view());
    else
      reader.skip();
  }
  return label;
}

// "gpu-7.example:9100" -> a node's name; what does not fit one becomes '_'.
std::string node_name_of(std::string_view identity) {
  std::string name(identity.substr(0, 63));
  for (char& c : name)
    if (!valid_node_name(std::string_view(&c, 1))) c = '_';
  return name.empty() ? "unknown" : name;
}

}  // namespace

RemoteWriteDecoder::RemoteWriteDecoder(std::string identity_label,
                                       std::map<std::string, std::string> identities)
    : identity_label_(std::move(identity_label)), identities_(std::move(identities)) {}

Result<SampleBatch> RemoteWriteDecoder::decode(std::string_view body, std::string_view content_type,
                                               std::string_view content_encoding) {
  if (!content_encoding.empty() && content_encoding != "snappy")
    return fail(ErrorCode::Unsupported,
                fmt::format("content encoding \"{}\" is not taken; expected snappy",
                            content_encoding.substr(0, 50)));
  if (!content_type.starts_with("application/x-protobuf") ||
      content_type.find("io.prometheus.write.v2") != std::string_view::npos)
    return fail(ErrorCode::Unsupported,
                fmt::format("content type \"{}\" is not taken; expected application/x-protobuf "
                            "(remote-write 1.0, proto=prometheus.WriteRequest)",
                            content_type.substr(0, 100)));
  std::size_t declared = 0;
  if (!snappy::GetUncompressedLength(body.data(), body.size(), &declared))
    return fail(ErrorCode::InvalidInput, "body is not a snappy block");
  if (declared > limits::kRemoteWriteRawBytesMax)
    return fail(ErrorCode::LimitReached,
                fmt::format("body unpacks to {} bytes; at most {} are taken", declared,
                            limits::kRemoteWriteRawBytesMax));
  raw_.resize(declared);
  if (!snappy::RawUncompress(body.data(), body.size(), raw_.data()))
    return fail(ErrorCode::InvalidInput, "body is not a snappy block");
  SampleBatch batch;
  fresh_.clear();
  auto decoded = ok();
  try {
    decoded = decode_message(raw_, batch);
  } catch (const protozero::exception& error) {
    decoded = fail(ErrorCode::InvalidInput,
                   fmt::format("body is not a prometheus.WriteRequest: {}", error.what()));
  }
  if (decoded) return batch;
  // Their definitions go with the batch, so they must be said again when they come again.
  for (const auto* bytes : fresh_) series_.erase(series_.find(*bytes));
  return std::unexpected(std::move(decoded).error());
}

Status RemoteWriteDecoder::decode_message(std::string_view raw, SampleBatch& batch) {
  protozero::pbf_reader reader(raw.data(), raw.size());
  while (reader.next()) {
    if (is(reader, Request::timeseries, protozero::pbf_wire_type::length_delimited))
      WARDHIVE_TRY(decode_series(view(reader.get_view()), batch));
    else
      reader.skip();
  }
  return ok();
}

Status RemoteWriteDecoder::decode_series(std::string_view raw, SampleBatch& batch) {
  label_bytes_.clear();
  const auto first = batch.samples.size();
  protozero::pbf_reader reader(raw.data(), raw.size());
  while (reader.next()) {
    if (!reader.has_wire_type(protozero::pbf_wire_type::length_delimited)) {
      reader.skip();
      continue;
    }
    if (reader.tag() == static_cast<protozero::pbf_tag_type>(TimeSeries::labels)) {
      const auto label = view(reader.get_view());
      const auto size = static_cast<std::uint32_t>(label.size());
      label_bytes_.append(reinterpret_cast<const char*>(&size), sizeof size).append(label);
      if (label_bytes_.size() > limits::kLabelBytesMax + 16 * limits::kLabelsPerSeriesMax)
        return fail(ErrorCode::LimitReached,
                    fmt::format("series has more than {} bytes of labels", limits::kLabelBytesMax));
    } else if (reader.tag() == static_cast<protozero::pbf_tag_type>(TimeSeries::samples)) {
      Sample sample;
      protozero::pbf_reader fields = reader.get_message();
      while (fields.next()) {
        if (is(fields, SampleField::value, protozero::pbf_wire_type::fixed64))
          sample.value = fields.get_double();
        else if (is(fields, SampleField::timestamp, protozero::pbf_wire_type::varint)) {
          const auto ms = fields.get_int64();
          if (ms > INT64_MAX / 1'000'000 || ms < INT64_MIN / 1'000'000)
            return fail(ErrorCode::InvalidInput,
                        fmt::format("timestamp {} ms is out of range", ms));
          sample.at = instant_from_ns(ms * 1'000'000);
        } else
          fields.skip();
      }
      if (std::bit_cast<std::uint64_t>(sample.value) == kStaleNan) {
        ++left_out_;
        continue;
      }
      if (batch.samples.size() >= limits::kSamplesPerRequestMax)
        return fail(ErrorCode::LimitReached,
                    fmt::format("request has more than {} samples", limits::kSamplesPerRequestMax));
      batch.samples.push_back(sample);
    } else {
      ++left_out_;  // histograms and exemplars
      reader.skip();
    }
  }
  SeriesId id;
  if (const auto it = series_.find(std::string_view(label_bytes_)); it != series_.end()) {
    id = it->second;
  } else {
    WARDHIVE_ASSIGN(id, define(batch));
  }
  for (auto i = first; i < batch.samples.size(); ++i) batch.samples[i].series = id;
  return ok();
}

// The first sight of a series: its labels are parsed, checked and said.
Result<SeriesId> RemoteWriteDecoder::define(SampleBatch& batch) {
  Labels labels;
  for (std::string_view rest = label_bytes_; !rest.empty();) {
    std::uint32_t size = 0;
    std::memcpy(&size, rest.data(), sizeof size);
    WARDHIVE_ASSIGN(auto label, read_label(rest.substr(sizeof size, size)));
    rest.remove_prefix(sizeof size + size);
    if (label.second.empty()) continue;
    if (!labels.empty() && label.first <= labels.back().first)
      return fail(ErrorCode::InvalidInput,
                  fmt::format("label \"{}\" follows \"{}\"; labels must be sorted, each once",
                              label.first, labels.back().first));
    labels.push_back(std::move(label));
  }
  WARDHIVE_ASSIGN(auto canonical, canonical_labels(std::move(labels)));
  if (label(canonical, "__name__").empty())
    return fail(ErrorCode::InvalidInput, "series has no label \"__name__\"");
  if (series_.size() >= limits::kSeriesMax) {  // learned again as they come
    series_.clear();
    fresh_.clear();
  }
  SeriesDefined defined;
  defined.id = series_id(canonical);
  defined.entity = entity_of(canonical);
  defined.labels = std::move(canonical);
  const auto entry = series_.emplace(label_bytes_, defined.id).first;
  fresh_.push_back(&entry->first);
  batch.defined.push_back(std::move(defined));
  return batch.defined.back().id;
}

Entity RemoteWriteDecoder::entity_of(const Labels& labels) const {
  if (only_vantages_say(label(labels, "__name__"))) return {};
  const auto identity = label(labels, identity_label_);
  if (const auto it = identities_.find(std::string(identity)); it != identities_.end())
    return node(it->second);
  const auto host = identity.substr(0, identity.rfind(':'));
  if (const auto it = identities_.find(std::string(host)); it != identities_.end())
    return node(it->second);
  return node(node_name_of(identity));
}

}  // namespace wardhive
