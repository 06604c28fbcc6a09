// SHA-256 of the files in idl/, made by programs/idl/generate.py. The program carries them, so that
// anyone can tell whether an IDL is the one that it was built with.
#pragma once

#define SWARM_HOOK_IDL_ANCHOR_SHA256 \
  "4064fad0eac4ba26614ec3be406752c302990bf3b42bfe530ec8975ebb6664ff"
#define SWARM_HOOK_IDL_CODAMA_SHA256 \
  "39e93d645dc610ac3177ea93d98005ee1a7a0c991bc3c6dd701873573ccd5aed"
