// SHA-256 of the files in idl/, made by programs/idl/generate.py. The program carries them, so that
// anyone can tell whether an IDL is the one that it was built with.
#pragma once

#define SWARM_IDL_ANCHOR_SHA256 "5cddbbde29c353232f75b480e10efe5c179a816eb150d2c8757d58188d763459"
#define SWARM_IDL_CODAMA_SHA256 "c8bac8a3cba4436d963fae9b6c8fb3f5746d0d3661794d7aa8fa88850e376251"
