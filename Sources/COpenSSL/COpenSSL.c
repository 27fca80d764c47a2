#include "COpenSSL.h"

#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

enum { NONCE_BYTES = 12 };

everpart_cipher *everpart_cipher_new(const uint8_t key[EVERPART_CIPHER_KEY_BYTES]) {
  EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
  if (cipher != NULL &&
      EVP_CipherInit_ex(cipher, EVP_chacha20_poly1305(), NULL, key, NULL, 1) == 1)
    return cipher;
  EVP_CIPHER_CTX_free(cipher);
  ERR_clear_error();
  return NULL;
}

void everpart_cipher_free(everpart_cipher *cipher) { EVP_CIPHER_CTX_free(cipher); }

// Eleven bytes of counter, most significant first, and the mark of the last chunk. The key stays.
static int start(everpart_cipher *cipher, uint64_t counter, int is_last, int is_sealing) {
  uint8_t nonce[NONCE_BYTES] = {0};
  for (int i = 0; i < 8; i++) nonce[3 + i] = (uint8_t)(counter >> (56 - 8 * i));
  nonce[NONCE_BYTES - 1] = is_last ? 1 : 0;
  return EVP_CipherInit_ex(cipher, NULL, NULL, NULL, nonce, is_sealing) == 1;
}

// All bytes of a chunk. (Without bytes there is nothing to do, and a null pointer would mean
// additional data to EVP.)
static int pass(everpart_cipher *cipher, const uint8_t *in, size_t byte_count, uint8_t *out) {
  int written = 0;
  if (byte_count == 0) return 1;
  if (byte_count > INT_MAX) return 0;
  return EVP_CipherUpdate(cipher, out, &written, in, (int)byte_count) == 1 &&
         (size_t)written == byte_count;
}

int everpart_cipher_seal(everpart_cipher *cipher, uint64_t counter, int is_last,
                         const uint8_t *plain, size_t byte_count, uint8_t *sealed) {
  uint8_t none[1];
  int written = 0;
  if (start(cipher, counter, is_last, 1) && pass(cipher, plain, byte_count, sealed) &&
      EVP_CipherFinal_ex(cipher, none, &written) == 1 && written == 0 &&
      EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, EVERPART_CIPHER_TAG_BYTES,
                          sealed + byte_count) == 1)
    return 1;
  everpart_cleanse(sealed, byte_count + EVERPART_CIPHER_TAG_BYTES);
  ERR_clear_error();
  return 0;
}

int everpart_cipher_open(everpart_cipher *cipher, uint64_t counter, int is_last,
                         const uint8_t *sealed, size_t byte_count, uint8_t *plain) {
  uint8_t none[1];
  int written = 0;
  int result = -1;
  // EVP copies the tag; its parameter is not const because the same call reads tags.
  if (start(cipher, counter, is_last, 0) &&
      EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, EVERPART_CIPHER_TAG_BYTES,
                          (void *)(sealed + byte_count)) == 1 &&
      pass(cipher, sealed, byte_count, plain))
    result = EVP_CipherFinal_ex(cipher, none, &written) == 1 && written == 0;
  if (result != 1) {
    everpart_cleanse(plain, byte_count);
    ERR_clear_error();
  }
  return result;
}

void everpart_cleanse(void *memory, size_t byte_count) {
  if (byte_count > 0) OPENSSL_cleanse(memory, byte_count);
}

// Looking an algorithm up takes longer than running it; it stays until the process ends.
static EVP_KDF *hkdf;
static CRYPTO_ONCE hkdf_once = CRYPTO_ONCE_STATIC_INIT;
static void fetch_hkdf(void) { hkdf = EVP_KDF_fetch(NULL, "HKDF", NULL); }

int everpart_hkdf(const uint8_t *key, size_t key_bytes, const uint8_t *salt, size_t salt_bytes,
                  const uint8_t *info, size_t info_bytes, uint8_t *derived, size_t derived_bytes) {
  EVP_KDF_CTX *context = NULL;
  int done = 0;
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, "SHA256", 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)key, key_bytes),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)salt, salt_bytes),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)info, info_bytes),
      OSSL_PARAM_construct_end()};
  if (CRYPTO_THREAD_run_once(&hkdf_once, fetch_hkdf) == 1 && hkdf != NULL &&
      (context = EVP_KDF_CTX_new(hkdf)) != NULL)
    done = EVP_KDF_derive(context, derived, derived_bytes, parameters) == 1;
  EVP_KDF_CTX_free(context);
  if (!done) {
    OPENSSL_cleanse(derived, derived_bytes);
    ERR_clear_error();
  }
  return done;
}
