#ifndef TOCSIN_CCrypto_SHIM_H
#define TOCSIN_CCrypto_SHIM_H
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#endif
