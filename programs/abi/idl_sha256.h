// SHA-256 of the files in idl/, made by programs/idl/generate.py. The program carries them, so that
// anyone can tell whether an IDL is the one that it was built with.
#pragma once

#define SWARM_IDL_ANCHOR_SHA256 "7a7528d6347c14791b42a9e8925f1e9ff98f06ca6ec3572766feb6f50d23a4e4"
#define SWARM_IDL_CODAMA_SHA256 "8335a739171c4d674942d24b0c460d85107bf2ee6fc61af08cbeab1dd2a321f5"
