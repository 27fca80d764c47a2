#ifndef EVERPART_COPENSSL_H
#define EVERPART_COPENSSL_H

// What Sealing needs of OpenSSL's libcrypto: age's bulk cipher, ChaCha20-Poly1305 with the nonces of the
// STREAM construction (C2SP age.md, "Payload"), for which nothing is allocated for a chunk; and HKDF, which
// every wrapped secret takes.

#include <stddef.h>
#include <stdint.h>

#define EVERPART_CIPHER_KEY_BYTES 32
#define EVERPART_CIPHER_TAG_BYTES 16

// A cipher with its key, for one thread at a time.
typedef struct evp_cipher_ctx_st everpart_cipher;

// Copies the key. NULL when there is no memory, or a configuration (FIPS) without this cipher.
everpart_cipher *everpart_cipher_new(const uint8_t key[EVERPART_CIPHER_KEY_BYTES]);

// Overwrites the key. Takes NULL.
void everpart_cipher_free(everpart_cipher *cipher);

// Writes byte_count bytes of ciphertext and the tag. 1, or 0 when OpenSSL failed: then `sealed` says
// nothing about the plaintext.
int everpart_cipher_seal(everpart_cipher *cipher, uint64_t counter, int is_last,
                         const uint8_t *plain, size_t byte_count, uint8_t *sealed);

// Writes byte_count bytes of plaintext from that many of ciphertext and the tag behind them. 1 when the
// chunk is authentic, 0 when it is not, -1 when OpenSSL failed; unless it returns 1 `plain` is overwritten.
int everpart_cipher_open(everpart_cipher *cipher, uint64_t counter, int is_last,
                         const uint8_t *sealed, size_t byte_count, uint8_t *plain);

// HKDF-SHA-256 (RFC 5869). 1, or 0 when OpenSSL failed: then `derived` is overwritten.
int everpart_hkdf(const uint8_t *key, size_t key_bytes, const uint8_t *salt, size_t salt_bytes,
                  const uint8_t *info, size_t info_bytes, uint8_t *derived, size_t derived_bytes);

// Overwrites memory in a way that no compiler leaves out.
void everpart_cleanse(void *memory, size_t byte_count);

#endif
