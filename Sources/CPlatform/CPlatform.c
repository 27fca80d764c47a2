#include "CPlatform.h"

// Everything here is inline in the header; a C target needs one source file.
