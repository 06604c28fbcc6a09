// A Merkle tree as RFC 9162 defines it (2.1.1, 2.1.4.1), by its recursive definitions and nothing
// clever: what tests compare the program's verifier with. Not for the chain.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sol/hash.h"
#include "sol/key.h"

namespace swarm::anchor {

using Hashes = std::vector<sol::Key>;

inline sol::Key node_hash(const sol::Key& left, const sol::Key& right) {
  static constexpr char kNode[] = "\1";
  const sol::Slice parts[] = {sol::slice_of_text(kNode), sol::slice_of(left), sol::slice_of(right)};
  sol::Key made{};
  sol::sha256(parts, made);
  return made;
}

// Leaf i holds the number i + `salt`: trees of another salt share no leaf with this one, if the
// salts are further apart than the trees are large.
class Tree {
 public:
  explicit Tree(std::uint64_t salt = 0) : salt_(salt) {}

  // MTH(D[begin:end]), remembered.
  const sol::Key& root(std::uint64_t begin, std::uint64_t end) {
    const auto [place, fresh] = known_.try_emplace({begin, end});
    if (fresh) place->second = end - begin == 1 ? leaf(begin) : node(begin, end);
    return place->second;
  }
  const sol::Key& root(std::uint64_t size) { return root(0, size); }

  // PROOF(m, D[0:n]), 0 < m < n.
  Hashes proof(std::uint64_t m, std::uint64_t n) {
    Hashes path;
    subproof(m, 0, n, true, path);
    return path;
  }

  // How a verifier has to combine the path of (m, n): '=' where it begins with the old root itself,
  // '?' where with a hash of the path; then 'L' for a hash that goes left of both, 'R' for one that
  // goes right of the new one. Two pairs of sizes of one shape can't be told apart by a proof.
  static std::string shape(std::uint64_t m, std::uint64_t n) { return shape(m, n, true); }

 private:
  // The largest power of two below `size`, which is at least 2.
  static std::uint64_t split(std::uint64_t size) { return std::bit_floor(size - 1); }
  sol::Key node(std::uint64_t begin, std::uint64_t end) {
    const std::uint64_t middle = begin + split(end - begin);
    return node_hash(root(begin, middle), root(middle, end));
  }
  sol::Key leaf(std::uint64_t i) const {
    static constexpr char kLeaf[] = "\0";
    const std::uint64_t content = i + salt_;
    const sol::Slice parts[] = {sol::slice_of_text(kLeaf), sol::slice_of(content)};
    sol::Key made{};
    sol::sha256(parts, made);
    return made;
  }
  // SUBPROOF(m, D[begin:begin + n], known).
  void subproof(std::uint64_t m, std::uint64_t begin, std::uint64_t n, bool known, Hashes& path) {
    if (m == n) {
      if (!known) path.push_back(root(begin, begin + n));
      return;
    }
    const std::uint64_t k = split(n);
    if (m <= k) {
      subproof(m, begin, k, known, path);
      path.push_back(root(begin + k, begin + n));
    } else {
      subproof(m - k, begin + k, n - k, false, path);
      path.push_back(root(begin, begin + k));
    }
  }
  static std::string shape(std::uint64_t m, std::uint64_t n, bool known) {
    if (m == n) return known ? "=" : "?";
    const std::uint64_t k = split(n);
    return m <= k ? shape(m, k, known) + 'R' : shape(m - k, n - k, false) + 'L';
  }

  std::uint64_t salt_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, sol::Key> known_;
};

// The two roots that a path of sizes m < n leads to, from the top down, the other way round than
// the verifier goes. False unless the path has exactly as many hashes as its shape asks for.
// `old_root` is given and taken where m is a power of two, else it is what comes out.
class Roots {
 public:
  Roots(std::uint64_t m, std::uint64_t n, const Hashes& path, const sol::Key& old_root)
      : next_(path.begin()), end_(path.end()), old_(old_root) {
    new_ = walk(m, n, true);
    fits_ = fits_ && next_ == end_;
  }
  bool fit() const { return fits_; }
  const sol::Key& old_root() const { return old_; }
  const sol::Key& new_root() const { return new_; }

 private:
  sol::Key take() {
    if (next_ == end_) {
      fits_ = false;
      return {};
    }
    return *next_++;
  }
  sol::Key walk(std::uint64_t m, std::uint64_t n, bool known) {
    if (m == n) {
      if (!known) old_ = take();
      return old_;
    }
    const std::uint64_t k = std::bit_floor(n - 1);
    if (m <= k) {
      const sol::Key left = walk(m, k, known);
      return node_hash(left, take());
    }
    const sol::Key right = walk(m - k, n - k, false);
    const sol::Key left = take();
    old_ = node_hash(left, old_);
    return node_hash(left, right);
  }

  Hashes::const_iterator next_, end_;
  bool fits_ = true;
  sol::Key old_, new_{};
};

}  // namespace swarm::anchor
