#ifndef EVERPART_CZLIB_H
#define EVERPART_CZLIB_H

// zlib, for the DEFLATE streams in 3MF packages and PNG pictures. deflateInit2 and inflateInit2 are macros,
// which Swift cannot call.

// Without the system's headers: a module that includes them makes Swift look for POSIX types in it, and
// files that never heard of zlib stop compiling. Only declarations of gzip files are lost.
#define Z_SOLO
#include <zlib.h>

// Raw DEFLATE (RFC 1951), as a ZIP archive holds it. Z_OK, or zlib's error.
int everpart_inflate_begin_raw(z_stream *stream);
int everpart_deflate_begin_raw(z_stream *stream, int level);

// The zlib format (RFC 1950), as a PNG picture holds it.
int everpart_deflate_begin_zlib(z_stream *stream, int level);

#endif
