// SHA-256 of the files in idl/, made by programs/idl/generate.py. The program carries them, so that
// anyone can tell whether an IDL is the one that it was built with.
#pragma once

#define SWARM_IDL_ANCHOR_SHA256 "be54314c11b44226bd05ae68c3e406c1299daf44606fc08208c70c24a6532d4f"
#define SWARM_IDL_CODAMA_SHA256 "c635d0e2e1e5c8940aeefe5ba5ac84d227ccd799d6d8e90bda5e44d3dbb9930b"
