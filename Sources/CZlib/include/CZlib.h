#ifndef EVERPART_CZLIB_H
#define EVERPART_CZLIB_H

// zlib, for the DEFLATE streams in 3MF packages and PNG pictures. deflateInit2 and inflateInit2 are macros,
// which Swift cannot call.

#include <zlib.h>

// Raw DEFLATE (RFC 1951), as a ZIP archive holds it. Z_OK, or zlib's error.
int everpart_inflate_begin_raw(z_stream *stream);
int everpart_deflate_begin_raw(z_stream *stream, int level);

// The zlib format (RFC 1950), as a PNG picture holds it.
int everpart_deflate_begin_zlib(z_stream *stream, int level);

#endif
