// Everything that there is to know about the program from outside: what tools and clients include.
#pragma once

#include "abi/account_table.h"
#include "abi/accounts.h"
#include "abi/bounds.h"
#include "abi/errors.h"
#include "abi/events.h"
#include "abi/incident.h"
#include "abi/instructions.h"
#include "abi/lease.h"
#include "abi/node.h"
#include "abi/payloads.h"
#include "abi/tags.h"
