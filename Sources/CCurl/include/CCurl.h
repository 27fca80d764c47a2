#ifndef EVERPART_CCURL_H
#define EVERPART_CCURL_H

// libcurl for Swift: curl_easy_setopt and curl_easy_getinfo take variable arguments, which Swift
// cannot call, so there is one function here for each kind of argument.

#include <curl/curl.h>

CURLcode everpart_curl_set_long(CURL *handle, CURLoption option, long value);
CURLcode everpart_curl_set_size(CURL *handle, CURLoption option, curl_off_t value);
CURLcode everpart_curl_set_text(CURL *handle, CURLoption option, const char *value);
CURLcode everpart_curl_set_pointer(CURL *handle, CURLoption option, const void *value);
// libcurl copies the bytes.
CURLcode everpart_curl_set_blob(CURL *handle, CURLoption option, const void *bytes, size_t count);

typedef int (*everpart_curl_prerequest)(void *context, char *remote_address, char *local_address,
                                        int remote_port, int local_port);

// The functions libcurl calls during one transfer; each is handed `context`.
struct everpart_curl_callbacks {
  curl_write_callback header;
  curl_write_callback body;
  curl_read_callback upload;
  curl_seek_callback rewind;
  curl_opensocket_callback open_socket;
  everpart_curl_prerequest prerequest;
};

CURLcode everpart_curl_set_callbacks(CURL *handle, const struct everpart_curl_callbacks *callbacks,
                                     void *context);

// The value CURLOPT_PRIVATE was given, NULL when none.
void *everpart_curl_private(CURL *handle);
// A curl_off_t statistic, 0 when unknown.
curl_off_t everpart_curl_info_size(CURL *handle, CURLINFO info);
// A long statistic, 0 when unknown.
long everpart_curl_info_long(CURL *handle, CURLINFO info);

CURLMcode everpart_curl_multi_set_long(CURLM *multi, CURLMoption option, long value);

// Takes the next finished transfer off the multi handle: its easy handle, or NULL when there is none.
CURL *everpart_curl_multi_next_done(CURLM *multi, CURLcode *result);

// Copies the address out of what the open-socket callback is handed. Returns 4 or 16, the number of
// bytes written, or 0 for a family that is neither IPv4 nor IPv6.
int everpart_curl_address(const struct curl_sockaddr *address, unsigned char bytes[16]);

// Opens the socket libcurl asked for, closed in programs this process starts.
curl_socket_t everpart_curl_open_socket(const struct curl_sockaddr *address);

#endif
