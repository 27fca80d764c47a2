#ifndef EVERPART_CDEFLATE_H
#define EVERPART_CDEFLATE_H

// DEFLATE (RFC 1951) of whole buffers, through libdeflate: nothing is ever written beyond the size
// given. No other header is included, so that Swift does not take this module for the home of its types.

// Inflates exactly `size` bytes: 0 done, 1 the content is of another size, 2 damaged or out of memory.
int everpart_inflate_whole(const unsigned char *in, long in_bytes, unsigned char *out, long size);

// Inflates into `room` bytes and says how many were made: 0 done, 1 it takes more room, 2 as above.
int everpart_inflate_at_most(const unsigned char *in, long in_bytes, unsigned char *out, long room,
                             long *made);

// Room that compressing so many bytes may take, in either format.
long everpart_deflate_bound(long bytes);

// Bytes made, or 0 when out of memory. Level 1 to 12.
long everpart_deflate_whole(const unsigned char *in, long in_bytes, unsigned char *out, long room,
                            int level);

// The same in zlib's format (RFC 1950).
long everpart_zlib_whole(const unsigned char *in, long in_bytes, unsigned char *out, long room, int level);

// CRC-32 as ZIP and PNG use it.
unsigned int everpart_crc32(const unsigned char *bytes, long count);

#endif
