#ifndef TOCSIN_CCrypto_SHIM_H
#define TOCSIN_CCrypto_SHIM_H
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#endif
