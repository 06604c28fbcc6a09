#include "model/sample.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "base/limits.h"

namespace wardhive {
namespace {

static_assert(std::endian::native == std::endian::little, "the samples log is little-endian");

constexpr std::uint32_t kMagic = 0x31534857;  // "WHS1"

template <class T>
void put(std::string& out, const T& value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}
void put_text(std::string& out, std::string_view text) {
  put(out, static_cast<std::uint32_t>(text.size()));
  out += text;
}

// Takes values off the front; `broken` stays once anything did not fit.
struct Taker {
  std::string_view rest;
  bool broken = false;

  template <class T>
  T take() {
    T value{};
    if (rest.size() < sizeof value) {
      broken = true;
      return value;
    }
    std::memcpy(&value, rest.data(), sizeof value);
    rest.remove_prefix(sizeof value);
    return value;
  }
  std::string take_text(std::size_t bytes_max) {
    const auto size = take<std::uint32_t>();
    if (broken || size > rest.size() || size > bytes_max) {
      broken = true;
      return {};
    }
    std::string text(rest.substr(0, size));
    rest.remove_prefix(size);
    return text;
  }
};

}  // namespace

Result<SeriesId> SeriesId::parse(std::string_view text) {
  SeriesId id;
  WARDHIVE_TRY(from_hex(text, id.bytes));
  return id;
}

Result<Labels> canonical_labels(Labels labels) {
  std::erase_if(labels, [](const auto& l) { return l.second.empty(); });
  if (labels.size() > limits::kLabelsPerSeriesMax)
    return fail(ErrorCode::LimitReached, fmt::format("series has {} labels; at most {} are taken",
                                                     labels.size(), limits::kLabelsPerSeriesMax));
  std::sort(labels.begin(), labels.end());
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    bytes += labels[i].first.size() + labels[i].second.size();
    if (labels[i].first.empty())
      return fail(ErrorCode::InvalidInput, "series has a label without a name");
    if (i > 0 && labels[i].first == labels[i - 1].first)
      return fail(ErrorCode::InvalidInput,
                  fmt::format("series has label \"{}\" twice", labels[i].first));
  }
  if (bytes > limits::kLabelBytesMax)
    return fail(ErrorCode::LimitReached,
                fmt::format("series has {} bytes of labels; at most {} are taken", bytes,
                            limits::kLabelBytesMax));
  return labels;
}

SeriesId series_id(const Labels& canonical) {
  std::string bytes;
  for (const auto& [name, value] : canonical) {
    put_text(bytes, name);
    put_text(bytes, value);
  }
  return {blake2b_128(as_bytes(bytes))};
}

std::string_view label(const Labels& labels, std::string_view name) {
  for (const auto& [key, value] : labels)
    if (key == name) return value;
  return {};
}

bool only_vantages_say(std::string_view metric_name) {
  return metric_name.starts_with("probe_") || metric_name.starts_with("gateway_");
}

std::string format_series(const Labels& labels) {
  std::string text(label(labels, "__name__"));
  std::string inner;
  for (const auto& [name, value] : labels) {
    if (name == "__name__") continue;
    inner += inner.empty() ? "" : ",";
    inner += name + "=";
    append_json_string(inner, value);
  }
  return inner.empty() ? text : text + "{" + inner + "}";
}

std::string encode_samples(const SampleBatch& batch) {
  std::string out;
  out.reserve(16 + batch.samples.size() * 32 + batch.defined.size() * 256);
  put(out, kMagic);
  put(out, static_cast<std::uint32_t>(batch.defined.size()));
  for (const auto& series : batch.defined) {
    put(out, static_cast<std::uint8_t>(series.entity.kind));
    put_text(out, series.entity.name);
    put(out, static_cast<std::uint32_t>(series.labels.size()));
    for (const auto& [name, value] : series.labels) {
      put_text(out, name);
      put_text(out, value);
    }
  }
  put(out, static_cast<std::uint32_t>(batch.samples.size()));
  for (const auto& sample : batch.samples) {
    put(out, sample.series.bytes);
    put(out, to_ns(sample.at));
    put(out, sample.value);
  }
  return out;
}

Result<SampleBatch> decode_samples(std::string_view bytes) {
  const auto corrupt = [] {
    return fail(ErrorCode::Corrupt, "sample batch is cut short or not ours");
  };
  Taker in{bytes};
  if (in.take<std::uint32_t>() != kMagic) return corrupt();
  SampleBatch batch;
  const auto series_count = in.take<std::uint32_t>();
  for (std::uint32_t i = 0; i < series_count && !in.broken; ++i) {
    SeriesDefined series;
    const auto kind = in.take<std::uint8_t>();
    if (kind > static_cast<std::uint8_t>(EntityKind::Account)) return corrupt();
    series.entity.kind = static_cast<EntityKind>(kind);
    series.entity.name = in.take_text(limits::kLabelBytesMax);
    const auto label_count = in.take<std::uint32_t>();
    if (label_count > limits::kLabelsPerSeriesMax) return corrupt();
    Labels labels;
    for (std::uint32_t l = 0; l < label_count && !in.broken; ++l) {
      auto name = in.take_text(limits::kLabelBytesMax);
      labels.emplace_back(std::move(name), in.take_text(limits::kLabelBytesMax));
    }
    auto canonical = canonical_labels(labels);
    if (!canonical || *canonical != labels) return corrupt();
    series.labels = std::move(labels);
    series.id = series_id(series.labels);
    batch.defined.push_back(std::move(series));
  }
  const auto sample_count = in.take<std::uint32_t>();
  if (in.broken || in.rest.size() != sample_count * std::size_t{32}) return corrupt();
  batch.samples.reserve(sample_count);
  for (std::uint32_t i = 0; i < sample_count; ++i) {
    Sample sample;
    sample.series.bytes = in.take<Hash128>();
    sample.at = instant_from_ns(in.take<std::int64_t>());
    sample.value = in.take<double>();
    batch.samples.push_back(sample);
  }
  return batch;
}

}  // namespace wardhive
