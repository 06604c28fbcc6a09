// A store whose disk can be full: everything goes to the one inside, but commits are refused with
// LimitReached, and leave nothing behind, while `full` is set.
#pragma once

#include <memory>

#include "store/store.h"

namespace wardhive {

class FlakyStore final : public Store {
 public:
  explicit FlakyStore(std::unique_ptr<Store> inner) : inner_(std::move(inner)) {}

  bool full = false;
  std::uint64_t refused() const { return refused_; }

  Status commit(const Commit& commit) override;
  Status commit(const Commit& commit,
                const std::vector<std::pair<std::string, std::uint64_t>>& acknowledged) override;
  Status trim_log(std::uint64_t offset) override { return inner_->trim_log(offset); }
  std::uint64_t next_offset() const override { return inner_->next_offset(); }
  Instant last_stamp() const override { return inner_->last_stamp(); }
  Result<std::uint64_t> first_offset() const override { return inner_->first_offset(); }
  Status scan_log(std::uint64_t from_offset,
                  const std::function<bool(const LogEntry&)>& visit) const override {
    return inner_->scan_log(from_offset, visit);
  }
  Result<std::vector<JournalRow>> journal(const JournalQuery& query) const override {
    return inner_->journal(query);
  }
  Result<std::vector<AuditRecord>> audit(std::uint64_t from_sequence,
                                         std::size_t limit) const override {
    return inner_->audit(from_sequence, limit);
  }
  Result<AuditReport> verify_audit(const AuditProgress& progress) const override {
    return inner_->verify_audit(progress);
  }
  Status save_snapshot(std::string_view name, std::uint64_t offset,
                       std::string_view bytes) override {
    return inner_->save_snapshot(name, offset, bytes);
  }
  Result<Snapshot> load_snapshot(std::string_view name,
                                 std::vector<std::string>* passed_over) const override {
    return inner_->load_snapshot(name, passed_over);
  }
  Status put_agent(const AgentCredential& agent) override { return inner_->put_agent(agent); }
  Result<std::vector<AgentCredential>> agents() const override { return inner_->agents(); }
  Status remove_agent(std::string_view node) override { return inner_->remove_agent(node); }
  Status put_value(std::string_view key, std::string_view value) override {
    return inner_->put_value(key, value);
  }
  Result<std::optional<std::string>> value(std::string_view key) const override {
    return inner_->value(key);
  }
  std::uint64_t bytes_on_disk() const override { return inner_->bytes_on_disk(); }

 private:
  const std::unique_ptr<Store> inner_;
  std::uint64_t refused_ = 0;
};

}  // namespace wardhive
