#ifndef TOCSIN_CCrypto_SHIM_H
#define TOCSIN_CCrypto_SHIM_H
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

/* In C because a parameter points to its name, and Swift hands a macro's text over only for the length of one call. */
static inline int tocsin_hmac_sha256_start(EVP_MAC_CTX *context, const unsigned char *key, size_t length) {
    char digest[] = "SHA2-256";
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_construct_end()};
    return EVP_MAC_init(context, key, length, parameters);
}
#endif
