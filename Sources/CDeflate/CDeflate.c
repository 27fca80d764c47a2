#include "CDeflate.h"

#include <libdeflate.h>
#include <stddef.h>

// 0 done, 1 the output is not of that size (or larger than the room), 2 damaged, or no memory.
static int inflate_raw(const unsigned char *in, size_t in_bytes, unsigned char *out, size_t room, size_t *made) {
  struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
  if (!decompressor) return 2;
  size_t taken = 0;
  unsigned char none;
  enum libdeflate_result result = libdeflate_deflate_decompress_ex(
      decompressor, in, in_bytes, out ? out : &none, room, &taken, made);
  libdeflate_free_decompressor(decompressor);
  if (result == LIBDEFLATE_INSUFFICIENT_SPACE) return 1;
  // Bytes after the end of the stream are hidden from whoever only inflates it.
  return result == LIBDEFLATE_SUCCESS && taken == in_bytes ? 0 : 2;
}

int everpart_inflate_whole(const unsigned char *in, long in_bytes, unsigned char *out, long size) {
  size_t made = 0;
  int result = inflate_raw(in, in_bytes, out, size, &made);
  return result == 0 && made != (size_t)size ? 1 : result;
}

int everpart_inflate_at_most(const unsigned char *in, long in_bytes, unsigned char *out, long room,
                             long *made) {
  size_t bytes = 0;
  int result = inflate_raw(in, in_bytes, out, room, &bytes);
  *made = result == 0 ? (long)bytes : 0;
  return result;
}

// zlib's header and checksum come on top of a raw stream.
long everpart_deflate_bound(long bytes) { return (long)libdeflate_zlib_compress_bound(0, bytes); }

typedef size_t compress_fn(struct libdeflate_compressor *, const void *, size_t, void *, size_t);

static long compress(compress_fn *run, const unsigned char *in, long in_bytes, unsigned char *out, long room,
                     int level) {
  struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(level);
  if (!compressor) return 0;
  size_t made = run(compressor, in, in_bytes, out, room);
  libdeflate_free_compressor(compressor);
  return (long)made;
}

long everpart_deflate_whole(const unsigned char *in, long in_bytes, unsigned char *out, long room, int level) {
  return compress(libdeflate_deflate_compress, in, in_bytes, out, room, level);
}

long everpart_zlib_whole(const unsigned char *in, long in_bytes, unsigned char *out, long room, int level) {
  return compress(libdeflate_zlib_compress, in, in_bytes, out, room, level);
}

unsigned int everpart_crc32(const unsigned char *bytes, long count) {
  return libdeflate_crc32(0, bytes, count);
}
