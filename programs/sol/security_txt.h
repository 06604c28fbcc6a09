// The contact of whoever finds a hole, inside the program's bytes (the format of
// neodyme-labs/solana- security-txt): alternating keys and values that end with a zero byte,
// between two marks.
#pragma once

// SOL_SECURITY_TXT(SOL_SECURITY_ENTRY("name", "Swarm") SOL_SECURITY_ENTRY("contacts", "email:...")
// ...) One per program, at namespace scope. Required keys: name, project_url, contacts, policy.
// `retain`, because nothing refers to it: the linker keeps it by that mark.
#define SOL_SECURITY_ENTRY(key, value) key "\0" value "\0"
#ifdef __bpf__
#define SOL_SECURITY_TXT(entries)                                                                  \
  extern "C"                                                                                       \
      [[gnu::used, gnu::retain, gnu::section(".rodata.security_txt")]] const char security_txt[] = \
          "=======BEGIN SECURITY.TXT V1=======\0" entries "=======END SECURITY.TXT V1======="
#else
// Natively several programs are linked into one test, and nobody reads it there.
#define SOL_SECURITY_TXT(entries) static_assert(sizeof(entries) > 1)
#endif
