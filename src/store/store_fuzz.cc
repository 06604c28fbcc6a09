// Foreign bytes: a snapshot file that somebody else wrote.
#include "base/check.h"
#include "store/impl/snapshot.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wardhive;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto snapshot = decode_snapshot(bytes))
    WARDHIVE_ASSERT(encode_snapshot(snapshot->offset, snapshot->bytes) == bytes);

  // The hash keeps random bytes out, so take them as a payload and break what we wrote ourselves.
  auto ours = encode_snapshot(size, bytes);
  WARDHIVE_ASSERT(decode_snapshot(ours)->bytes == bytes);
  if (size == 0) return 0;
  ours[data[0] % ours.size()] ^= 1;
  WARDHIVE_ASSERT(!decode_snapshot(ours).has_value());
  return 0;
}
