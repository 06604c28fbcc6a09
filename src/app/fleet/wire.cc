#include "app/fleet/wire.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace wardhive::fleet {
namespace {

constexpr std::size_t kControlBytes = CMSG_SPACE(kMessageFdsMax * sizeof(int));

std::vector<Fd> take_fds(msghdr& header) {
  std::vector<Fd> fds;
  for (auto* part = CMSG_FIRSTHDR(&header); part != nullptr; part = CMSG_NXTHDR(&header, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    const auto count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(part) + i * sizeof(int), sizeof fd);
      fds.emplace_back(fd);
    }
  }
  return fds;
}

}  // namespace

std::string pack(std::span<const std::string> words) {
  std::string bytes;
  for (const auto& word : words) bytes.append(word).push_back('\0');
  return bytes;
}

Result<std::vector<std::string>> unpack(std::string_view bytes) {
  if (bytes.empty() || bytes.back() != '\0')
    return fail(ErrorCode::InvalidInput, "sandbox message does not end with a closed word");
  std::vector<std::string> words;
  while (!bytes.empty()) {
    const auto end = bytes.find('\0');
    words.emplace_back(bytes.substr(0, end));
    bytes.remove_prefix(end + 1);
  }
  return words;
}

Status send_message(int socket, std::span<const std::string> words, std::span<const int> fds) {
  auto bytes = pack(words);
  const auto nul_count = static_cast<std::size_t>(std::ranges::count(bytes, '\0'));
  if (words.empty() || nul_count != words.size())
    return fail(ErrorCode::InvalidInput, "a word of a sandbox message holds a NUL byte");
  if (bytes.size() > kMessageBytesMax || fds.size() > kMessageFdsMax)
    return fail(ErrorCode::LimitReached,
                fmt::format("sandbox message has {} bytes and {} descriptors; at most {} and {} "
                            "(shorten the command "
                            "line or pass a file)",
                            bytes.size(), fds.size(), kMessageBytesMax, kMessageFdsMax));

  iovec data{bytes.data(), bytes.size()};
  alignas(cmsghdr) std::array<char, kControlBytes> control{};
  msghdr header{};
  header.msg_iov = &data;
  header.msg_iovlen = 1;
  if (!fds.empty()) {
    header.msg_control = control.data();
    header.msg_controllen = CMSG_SPACE(fds.size_bytes());
    auto* part = CMSG_FIRSTHDR(&header);
    part->cmsg_level = SOL_SOCKET;
    part->cmsg_type = SCM_RIGHTS;
    part->cmsg_len = CMSG_LEN(fds.size_bytes());
    std::memcpy(CMSG_DATA(part), fds.data(), fds.size_bytes());
  }
  while (::sendmsg(socket, &header, MSG_NOSIGNAL) < 0)
    if (errno != EINTR)
      return std::unexpected(system_error(errno, "send to the sandbox's other side"));
  return ok();
}

Result<Message> receive_message(int socket) {
  std::string bytes(kMessageBytesMax, '\0');
  iovec data{bytes.data(), bytes.size()};
  alignas(cmsghdr) std::array<char, kControlBytes> control{};
  msghdr header{};
  header.msg_iov = &data;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  ssize_t count = 0;
  while ((count = ::recvmsg(socket, &header, MSG_CMSG_CLOEXEC)) < 0)
    if (errno != EINTR)
      return std::unexpected(system_error(errno, "receive from the sandbox's other side"));
  auto fds = take_fds(header);
  if (count == 0) return fail(ErrorCode::Unavailable, "the sandbox's other side has ended");
  if ((header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0)
    return fail(ErrorCode::InvalidInput, "sandbox message is longer than its bound");
  WARDHIVE_ASSIGN(auto words,
                  unpack(std::string_view(bytes.data(), static_cast<std::size_t>(count))));
  return Message{std::move(words), std::move(fds)};
}

}  // namespace wardhive::fleet
