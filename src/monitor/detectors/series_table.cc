#include "monitor/detectors/series_table.h"

#include <algorithm>
#include <array>

namespace wardhive {
namespace {

constexpr std::size_t kTextBytesMax = 256;
constexpr std::size_t kChunkBits = 16;
constexpr std::size_t kChunkBytes = 1 << kChunkBits;

struct LookName {
  std::string_view name;
  LookKind kind;
};
constexpr std::array<LookName, 6> kLookNames{{
    {"probe_success", LookKind::ProbeSuccess},
    {"probe_duration_seconds", LookKind::ProbeDuration},
    {"gateway_requests_total", LookKind::GatewayRequests},
    {"gateway_errors_total", LookKind::GatewayErrors},
    {"gateway_latency_seconds", LookKind::GatewayLatency},
    {"gateway_check_ok", LookKind::GatewayCheck},
}};

// A look counts only from the vantage's own mouth, and never at itself: otherwise one node could
// speak with another's eyes, or vouch for itself.
LookKind look_kind(const SeriesDefined& series) {
  const auto vantage = label(series.labels, "vantage");
  const auto subject = label(series.labels, "subject");
  if (series.entity != node(vantage) || subject == vantage || !valid_node_name(subject))
    return LookKind::None;
  const auto name = label(series.labels, "__name__");
  const auto* found = std::find_if(kLookNames.begin(), kLookNames.end(),
                                   [&](const auto& l) { return l.name == name; });
  return found == kLookNames.end() ? LookKind::None : found->kind;
}

}  // namespace

std::optional<std::uint32_t> SeriesTable::define(const SeriesDefined& series) {
  if (find(series.id) != kNone) return std::nullopt;
  Row row;
  row.look = look_kind(series);
  if (!has_room(row.look)) {
    ++refused_;
    return std::nullopt;
  }
  const auto full = format_series(series.labels);
  const auto cut = std::string_view(full).substr(0, kTextBytesMax);
  row.id = series.id;
  row.last_at = instant_from_ns(-(std::int64_t{1} << 61));
  row.text_at = keep_text(cut);
  row.text_size = static_cast<std::uint16_t>(cut.size());
  row.entity = keep_entity(series.entity);
  row.subject =
      row.look == LookKind::None ? row.entity : keep_entity(node(label(series.labels, "subject")));
  insert(row);
  return size() - 1;
}

std::uint32_t SeriesTable::find(const SeriesId& id) const {
  if (index_.empty()) return kNone;
  const auto mask = index_.size() - 1;
  for (auto at = SeriesIdHash{}(id)&mask;; at = (at + 1) & mask) {
    const auto row = index_[at];
    if (row == kNone || rows_[row].id == id) return row;
  }
}

SeriesInfo SeriesTable::info(std::uint32_t index) const {
  const auto& row = rows_[index];
  const auto full = text(row);
  return {index,    full.substr(0, full.find('{')), full, entities_[row.entity],
          row.look, entities_[row.subject]};
}

std::uint64_t SeriesTable::state_bytes() const {
  // 64: node and bucket of the map, and the name twice.
  return rows_.capacity() * sizeof(Row) + index_.capacity() * sizeof(std::uint32_t) +
         texts_.size() * kChunkBytes + entities_.capacity() * sizeof(Entity) +
         entities_.size() * (64 + sizeof(Entity));
}

bool SeriesTable::has_room(LookKind look) const {
  return look == LookKind::None ? rows_.size() - look_count_ < bounds_.series
                                : look_count_ < bounds_.look_series;
}

void SeriesTable::insert(const Row& row) {
  if ((rows_.size() + 1) * 10 > index_.size() * 7) grow_index();
  const auto mask = index_.size() - 1;
  auto at = SeriesIdHash{}(row.id) & mask;
  while (index_[at] != kNone) at = (at + 1) & mask;
  index_[at] = size();
  rows_.push_back(row);
  look_count_ += row.look != LookKind::None;
}

void SeriesTable::grow_index() {
  index_.assign(std::max<std::size_t>(64, index_.size() * 2), kNone);
  const auto mask = index_.size() - 1;
  for (std::uint32_t i = 0; i < rows_.size(); ++i) {
    auto at = SeriesIdHash{}(rows_[i].id) & mask;
    while (index_[at] != kNone) at = (at + 1) & mask;
    index_[at] = i;
  }
}

std::string_view SeriesTable::text(const Row& row) const {
  return std::string_view(texts_[row.text_at >> kChunkBits])
      .substr(row.text_at & (kChunkBytes - 1), row.text_size);
}

std::uint32_t SeriesTable::keep_text(std::string_view text) {
  if (texts_.empty() || texts_.back().size() + text.size() > kChunkBytes - 1)
    texts_.emplace_back().reserve(kChunkBytes);
  const auto at = (texts_.size() - 1) << kChunkBits | texts_.back().size();
  texts_.back() += text;
  return static_cast<std::uint32_t>(at);
}

std::uint32_t SeriesTable::keep_entity(const Entity& entity) {
  const auto [it, is_new] = entity_of_.try_emplace(entity, entity_count());
  if (is_new) entities_.push_back(entity);
  return it->second;
}

void SeriesTable::save(BinaryWriter& out) const {
  out(refused_);
  out(entity_count());
  for (const auto& e : entities_) {
    out(e.kind);
    out(e.name);
  }
  out(size());
  for (const auto& row : rows_) {
    out(row.id.bytes);
    out(row.last_at);
    out(text(row));
    out(row.entity);
    out(row.subject);
    out(row.look);
  }
}

bool SeriesTable::load(BinaryReader& in) {
  in(refused_);
  const auto entity_total = in.take<std::uint32_t>();
  for (std::uint32_t i = 0; i < entity_total && !in.broken(); ++i) {
    Entity e;
    in(e.kind);
    in(e.name);
    if (e.kind > EntityKind::Account || keep_entity(e) != i) return false;
  }
  const auto total = in.take<std::uint32_t>();
  for (std::uint32_t i = 0; i < total && !in.broken(); ++i) {
    Row row;
    in(row.id.bytes);
    in(row.last_at);
    const auto name = in.take<std::string>();
    in(row.entity);
    in(row.subject);
    in(row.look);
    if (name.size() > kTextBytesMax || row.entity >= entity_count() ||
        row.subject >= entity_count() || row.look > LookKind::GatewayCheck || !has_room(row.look) ||
        find(row.id) != kNone)
      return false;
    row.text_at = keep_text(name);
    row.text_size = static_cast<std::uint16_t>(name.size());
    insert(row);
  }
  return !in.broken();
}

}  // namespace wardhive
