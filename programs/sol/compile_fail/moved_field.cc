// A field that moves would misread every account on chain.
// error: Pool.total has moved; accounts on chain have not
#include "sol/compile_fail/common.h"

#ifdef BROKEN
SOL_FIELD(Pool, total, 24);
#else
SOL_FIELD(Pool, total, 16);
#endif
