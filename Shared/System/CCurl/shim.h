#include <curl/curl.h>

// curl_easy_setopt and curl_easy_getinfo are variadic, which Swift does not import: one typed door for each kind
// of argument (curl_easy_setopt(3), curl_easy_getinfo(3)).

typedef size_t (*latchkey_curl_data)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode latchkey_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode latchkey_curl_set_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode latchkey_curl_set_pointer(CURL *handle, CURLoption option, const void *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode latchkey_curl_set_data(CURL *handle, CURLoption option, latchkey_curl_data value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode latchkey_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode latchkey_curl_set_mime(CURL *handle, CURLoption option, curl_mime *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode latchkey_curl_get_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}

// Macros with a cast in them are not imported either.
static const long latchkey_curl_use_ssl_all = CURLUSESSL_ALL;
static const long latchkey_curl_tls_1_2 = CURL_SSLVERSION_TLSv1_2;
static const long latchkey_curl_http_1_1 = CURL_HTTP_VERSION_1_1;
static const long latchkey_curl_auth_basic = CURLAUTH_BASIC;
static const long latchkey_curl_global_all = CURL_GLOBAL_ALL;
