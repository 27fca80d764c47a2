#include "CCurl.h"

#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

// The checking macros of curl.h stand in the way of passing an option through.
#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

CURLcode everpart_curl_set_long(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}

CURLcode everpart_curl_set_size(CURL *handle, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(handle, option, value);
}

CURLcode everpart_curl_set_text(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}

CURLcode everpart_curl_set_pointer(CURL *handle, CURLoption option, const void *value) {
  return curl_easy_setopt(handle, option, value);
}

CURLcode everpart_curl_set_blob(CURL *handle, CURLoption option, const void *bytes, size_t count) {
  struct curl_blob blob = {(void *)bytes, count, CURL_BLOB_COPY};
  return curl_easy_setopt(handle, option, &blob);
}

CURLcode everpart_curl_set_callbacks(CURL *handle, const struct everpart_curl_callbacks *callbacks,
                                     void *context) {
  CURLcode code = curl_easy_setopt(handle, CURLOPT_PRIVATE, context);
  if (!code) code = curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, callbacks->header);
  if (!code) code = curl_easy_setopt(handle, CURLOPT_HEADERDATA, context);
  if (!code) code = curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, callbacks->body);
  if (!code) code = curl_easy_setopt(handle, CURLOPT_WRITEDATA, context);
  if (!code) code = curl_easy_setopt(handle, CURLOPT_READFUNCTION, callbacks->upload);
  if (!code) code = curl_easy_setopt(handle, CURLOPT_READDATA, context);
  if (!code) code = curl_easy_setopt(handle, CURLOPT_SEEKFUNCTION, callbacks->rewind);
  if (!code) code = curl_easy_setopt(handle, CURLOPT_SEEKDATA, context);
  if (!code) code = curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, callbacks->open_socket);
  if (!code) code = curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, context);
  if (!code) code = curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, callbacks->prerequest);
  if (!code) code = curl_easy_setopt(handle, CURLOPT_PREREQDATA, context);
  return code;
}

void *everpart_curl_private(CURL *handle) {
  void *context = NULL;
  return curl_easy_getinfo(handle, CURLINFO_PRIVATE, &context) == CURLE_OK ? context : NULL;
}

curl_off_t everpart_curl_info_size(CURL *handle, CURLINFO info) {
  curl_off_t value = 0;
  return curl_easy_getinfo(handle, info, &value) == CURLE_OK ? value : 0;
}

long everpart_curl_info_long(CURL *handle, CURLINFO info) {
  long value = 0;
  return curl_easy_getinfo(handle, info, &value) == CURLE_OK ? value : 0;
}

CURLMcode everpart_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}

CURL *everpart_curl_multi_next_done(CURLM *multi, CURLcode *result) {
  int left = 0;
  CURLMsg *message;
  while ((message = curl_multi_info_read(multi, &left)) != NULL) {
    if (message->msg != CURLMSG_DONE) continue;
    *result = message->data.result;
    return message->easy_handle;
  }
  return NULL;
}

int everpart_curl_address(const struct curl_sockaddr *address, unsigned char bytes[16]) {
  // The member `addr` is the start of a buffer large enough for the family.
  const unsigned char *storage =
      (const unsigned char *)address + offsetof(struct curl_sockaddr, addr);
  if (address->family == AF_INET && address->addrlen >= sizeof(struct sockaddr_in)) {
    struct sockaddr_in v4;
    memcpy(&v4, storage, sizeof v4);
    memcpy(bytes, &v4.sin_addr, 4);
    return 4;
  }
  if (address->family == AF_INET6 && address->addrlen >= sizeof(struct sockaddr_in6)) {
    struct sockaddr_in6 v6;
    memcpy(&v6, storage, sizeof v6);
    memcpy(bytes, &v6.sin6_addr, 16);
    return 16;
  }
  return 0;
}

curl_socket_t everpart_curl_open_socket(const struct curl_sockaddr *address) {
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}
