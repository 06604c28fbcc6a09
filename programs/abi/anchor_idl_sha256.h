// SHA-256 of the files in idl/, made by programs/idl/generate.py. The program carries them, so that
// anyone can tell whether an IDL is the one that it was built with.
#pragma once

#define SWARM_ANCHOR_IDL_ANCHOR_SHA256 \
  "853f192776e2932791ec797eed363d8103dc87c5b877b65df735ec751eb85ccc"
#define SWARM_ANCHOR_IDL_CODAMA_SHA256 \
  "f0ce508e1bb8f949456c0e21a6ae4da4dc0b164d7634f07cd3e1362e83804190"
