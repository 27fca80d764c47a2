#include "CZlib.h"

int everpart_inflate_begin_raw(z_stream *stream) { return inflateInit2(stream, -MAX_WBITS); }

int everpart_deflate_begin_raw(z_stream *stream, int level) {
  return deflateInit2(stream, level, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
}

int everpart_deflate_begin_zlib(z_stream *stream, int level) {
  return deflateInit2(stream, level, Z_DEFLATED, MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
}
