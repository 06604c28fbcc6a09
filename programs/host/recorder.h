// What a Bank was put through, as JSON lines, so that the real virtual machine can be put through
// the same and compared: programs/vm/harness/replay.js reads them. One line a step:
//
//   {"kind":"program","name":"sol_demo","id":"..."}   build/*/programs/NAME.so is loaded there
//   {"kind":"put","key":"...","lamports":"1","owner":"...","data":"00ff"}
//   {"kind":"clock","slot":"1","unix":"1700000000"}
//   {"kind":"run","instructions":[{"program":"...","accounts":["KEY","KEY sw"],"data":"01"}],
//    "error":"Custom","code":101,"logs":["..."],"after":{"KEY":"hash"}}
//
// An account's hash is SHA-256 of lamports (8 bytes, little endian), owner and data; no account is
// "-". `after` holds every account that the transaction names. Built-in programs are in both
// worlds already and are left out.
#pragma once

#include <cstdio>
#include <span>
#include <string_view>

#include "host/runtime.h"

namespace solhost {

class Recorder : public Observer {
 public:
  // Writes what the bank holds now, then whatever is done to it; both must outlive the recorder.
  // `name` is the file of the program at `id`.
  Recorder(Bank& bank, std::FILE* out, std::string_view name, const Key& id);
  ~Recorder() override;
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  void on_put(const Key& key, const Account& account) override;
  void on_clock(const sol::Clock& clock) override;
  void on_execute(std::span<const Instruction> instructions, const Outcome& outcome) override;

 private:
  Bank& bank_;
  std::FILE* out_;
};

}  // namespace solhost
