// SHA-256 of the files in idl/, made by programs/idl/generate.py. The program carries them, so that
// anyone can tell whether an IDL is the one that it was built with.
#pragma once

#define SWARM_IDL_ANCHOR_SHA256 "a162464b332d3b5dfb52b8191ac853cbf1fd1111ddfd06a7a8b337f647f352c4"
#define SWARM_IDL_CODAMA_SHA256 "debc7f777f071bbeb50a98dab680612136fb009e98f621481d821516ebd3d09d"
