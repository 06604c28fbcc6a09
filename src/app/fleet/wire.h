// How the demo and the first process of its sandbox talk: one message is a list of words and some
// file descriptors, one packet of a SOCK_SEQPACKET pair. Words hold any byte but NUL.
//
//   thread  any, one at a time per socket
//   limit   kMessageBytesMax per message, kMessageFdsMax descriptors
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"

namespace wardhive::fleet {

inline constexpr std::size_t kMessageBytesMax = 64 * 1024;
inline constexpr std::size_t kMessageFdsMax = 16;

struct Message {
  std::vector<std::string> words;  // never empty
  std::vector<Fd> fds;
};

// "a\0b\0c\0" and back. unpack: InvalidInput if the last word is not closed, or there is none.
std::string pack(std::span<const std::string> words);
Result<std::vector<std::string>> unpack(std::string_view bytes);

// Blocks. The descriptors stay the caller's. LimitReached above the bounds; Unavailable when the
// other side is gone.
Status send_message(int socket, std::span<const std::string> words, std::span<const int> fds = {});
// Blocks. Received descriptors are close-on-exec. Unavailable when the other side is gone.
Result<Message> receive_message(int socket);

}  // namespace wardhive::fleet
