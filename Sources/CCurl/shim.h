#ifndef TOCSIN_CCurl_SHIM_H
#define TOCSIN_CCurl_SHIM_H
#include <curl/curl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

// Swift calls no variadic functions: one typed door per kind of argument.

typedef size_t (*tocsin_transfer_callback)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode tocsin_easy_set_long(CURL *easy, CURLoption option, long value) {
    return (curl_easy_setopt)(easy, option, value);
}
static inline CURLcode tocsin_easy_set_size(CURL *easy, CURLoption option, curl_off_t value) {
    return (curl_easy_setopt)(easy, option, value);
}
static inline CURLcode tocsin_easy_set_string(CURL *easy, CURLoption option, const char *value) {
    return (curl_easy_setopt)(easy, option, value);
}
static inline CURLcode tocsin_easy_set_pointer(CURL *easy, CURLoption option, void *value) {
    return (curl_easy_setopt)(easy, option, value);
}
static inline CURLcode tocsin_easy_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return (curl_easy_setopt)(easy, option, value);
}
static inline CURLcode tocsin_easy_on_transfer(CURL *easy, CURLoption option, tocsin_transfer_callback value) {
    return (curl_easy_setopt)(easy, option, value);
}
static inline CURLcode tocsin_easy_on_open_socket(CURL *easy, curl_opensocket_callback value) {
    return (curl_easy_setopt)(easy, CURLOPT_OPENSOCKETFUNCTION, value);
}
static inline CURLcode tocsin_easy_on_request(CURL *easy, curl_prereq_callback value) {
    return (curl_easy_setopt)(easy, CURLOPT_PREREQFUNCTION, value);
}
static inline CURLcode tocsin_easy_long(CURL *easy, CURLINFO what, long *value) {
    return (curl_easy_getinfo)(easy, what, value);
}
static inline CURLcode tocsin_easy_size(CURL *easy, CURLINFO what, curl_off_t *value) {
    return (curl_easy_getinfo)(easy, what, value);
}
static inline CURLcode tocsin_easy_pointer(CURL *easy, CURLINFO what, void **value) {
    return (curl_easy_getinfo)(easy, what, value);
}
static inline CURLcode tocsin_easy_socket(CURL *easy, curl_socket_t *value) {
    return (curl_easy_getinfo)(easy, CURLINFO_ACTIVESOCKET, value);
}
static inline CURLMcode tocsin_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return (curl_multi_setopt)(multi, option, value);
}
static inline CURLMcode tocsin_multi_on_socket(CURLM *multi, curl_socket_callback callback, void *context) {
    CURLMcode code = (curl_multi_setopt)(multi, CURLMOPT_SOCKETDATA, context);
    return code == CURLM_OK ? (curl_multi_setopt)(multi, CURLMOPT_SOCKETFUNCTION, callback) : code;
}

// CURLMsg keeps its result in a union.
static inline CURLcode tocsin_message_result(const CURLMsg *message) { return message->data.result; }
#endif
