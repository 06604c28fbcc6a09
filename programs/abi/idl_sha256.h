// SHA-256 of the files in idl/, made by programs/idl/generate.py. The program carries them, so that
// anyone can tell whether an IDL is the one that it was built with.
#pragma once

#define SWARM_IDL_ANCHOR_SHA256 "85739b0c6745a2f8e359bbd197243a70aa76ba3f5f87c27c0ece7667c8cafdba"
#define SWARM_IDL_CODAMA_SHA256 "44bb0dd1985619b43b743c258d3baaf0f93432928c53c88381810d307a307f1e"
