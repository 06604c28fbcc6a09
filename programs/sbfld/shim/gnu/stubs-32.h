// clang for BPF takes glibc for a 32-bit one and asks for this list of missing functions. A program
// has no libc, so there are none to name; with it the freestanding part of libstdc++ compiles.
#pragma once
