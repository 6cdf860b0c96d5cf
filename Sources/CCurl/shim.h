#ifndef TOCSIN_CCurl_SHIM_H
#define TOCSIN_CCurl_SHIM_H
#include <curl/curl.h>
#endif
