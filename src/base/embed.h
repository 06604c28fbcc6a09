// Bytes of a file of the source tree inside the binary. By the assembler: ccache 4.7 does not look
// behind #embed and would serve yesterday's page; it knows .incbin and leaves such files uncached.
#pragma once

#include <string_view>

// WARDHIVE_EMBED(kIndex, "web/index.html"): at namespace scope, defines `std::string_view
// kIndex()`.
#define WARDHIVE_EMBED(name, path)                                                              \
  extern "C" const char wardhive_embed_##name##_begin[], wardhive_embed_##name##_end[];         \
  __asm__(".section .rodata\n.balign 8\n.global wardhive_embed_" #name                          \
          "_begin\nwardhive_embed_" #name "_begin:\n.incbin \"" WARDHIVE_SOURCE_DIR "/" path    \
          "\"\n.global wardhive_embed_" #name "_end\nwardhive_embed_" #name                     \
          "_end:\n.byte 0\n.previous\n");                                                       \
  static std::string_view name() {                                                              \
    return {                                                                                    \
        wardhive_embed_##name##_begin,                                                          \
        static_cast<std::size_t>(wardhive_embed_##name##_end - wardhive_embed_##name##_begin)}; \
  }
