// Every bound in one place. What is turned away is counted by whoever owns the queue or table.
#pragma once

#include <cstddef>
#include <cstdint>

namespace wardhive::limits {

// Doors.
inline constexpr std::size_t kHttpHeaderBytesMax = 8 * 1024;
inline constexpr std::size_t kHttpHeadersMax = 100;                // lines
inline constexpr std::size_t kHttpBodyBytesMax = 1 * 1024 * 1024;  // unless a route says otherwise
inline constexpr std::size_t kHttpBodiesBytesMax =
    256 * 1024 * 1024;                                 // all bodies being received at once
inline constexpr std::size_t kHttpWorkQueueMax = 256;  // requests waiting for a worker
inline constexpr std::size_t kConnectionsMax = 1'024;
inline constexpr std::size_t kConnectionsPerAddressMax = 64;
inline constexpr std::size_t kSseQueueBytesMax =
    1 * 1024 * 1024;  // a slower reader is disconnected
inline constexpr std::size_t kSseEventBytesMax =
    1 * 1024 * 1024;  // one event, as a client reads it

// Remote-write (Prometheus sends at most a few MB; the declared size is checked before allocating).
inline constexpr std::size_t kRemoteWriteBytesMax = 8 * 1024 * 1024;      // compressed
inline constexpr std::size_t kRemoteWriteRawBytesMax = 64 * 1024 * 1024;  // declared by snappy
inline constexpr std::size_t kSamplesPerRequestMax = 1'000'000;
inline constexpr std::size_t kLabelsPerSeriesMax = 64;
inline constexpr std::size_t kLabelBytesMax = 4 * 1024;

// Tables.
inline constexpr std::size_t kNodesMax = 10'000;
inline constexpr std::size_t kSeriesMax = 2'000'000;
inline constexpr std::size_t kVantagePairsMax = 100'000;  // (node, observer) that are looked at
inline constexpr std::size_t kLookSeriesMax =
    6 * kVantagePairsMax;  // beside kSeriesMax: probes are never crowded out
inline constexpr std::size_t kEntitiesScoredMax = 1'000'000;
inline constexpr std::size_t kClaimsPerEntityMax =
    32;  // (kind, observer) pairs whose word about one entity counts
inline constexpr std::size_t kScoresPerTickMax =
    10'000;  // re-given because they decayed; the rest at the next tick
inline constexpr std::size_t kSourcesTrackedMax = 100'000;  // addresses in the auth-failure table
inline constexpr std::size_t kIncidentsOpenMax = 10'000;
inline constexpr std::size_t kBansPerNodeMax = 50'000;

// Settings.
inline constexpr std::size_t kSettingsBytesMax = 1 * 1024 * 1024;
inline constexpr std::size_t kSettingsListMax = 10'000;  // items of any list

// Respond.
inline constexpr std::size_t kPlaybookBytesMax = 64 * 1024;
inline constexpr std::size_t kSuspectsMax = 20'000;  // entities with a raised claim against them
inline constexpr std::size_t kClaimsPerSuspectMax = 32;  // one per (kind, observer)
inline constexpr std::size_t kVantagesPerNodeMax = 32;
inline constexpr std::size_t kEffectsMax = 100'000;  // (agent, control, key) held at once
inline constexpr std::size_t kPastsMax = 100'000;   // entities whose bans and drains are remembered
inline constexpr std::size_t kVouchedMax = 10'000;  // entities allowed by command
inline constexpr std::size_t kProposalsMax = 32;    // open ones
inline constexpr std::size_t kCommandsRememberedMax = 1'000;  // idempotency keys
inline constexpr std::size_t kTimelineMax = 64;
inline constexpr std::size_t kEvidencePerDecisionMax = 8;

// Lines, records, spool.
inline constexpr std::size_t kLogLineBytesMax = 8 * 1024;
inline constexpr std::size_t kRecordBytesMax = 256 * 1024;
inline constexpr std::size_t kRecordsPerBatchMax = 1'000;
inline constexpr std::size_t kSpoolBytesMax = 64 * 1024 * 1024;
inline constexpr std::size_t kPipelineQueueRecordsMax = 100'000;
inline constexpr std::size_t kPipelineQueueBytesMax = 256 * 1024 * 1024;

// Store.
inline constexpr std::size_t kStoreReadersMax = 8;  // read connections; more readers wait
inline constexpr std::size_t kSnapshotBytesMax = 1024 * 1024 * 1024;

static_assert(kRemoteWriteBytesMax <= kRemoteWriteRawBytesMax);
static_assert(kRecordBytesMax <= kHttpBodyBytesMax, "one record must fit a request");
static_assert(kRecordsPerBatchMax <= kPipelineQueueRecordsMax);
static_assert(kIncidentsOpenMax <= kSuspectsMax);
static_assert(kIncidentsOpenMax <= kBansPerNodeMax,
              "one incident bans an address at most once per node");

}  // namespace wardhive::limits
