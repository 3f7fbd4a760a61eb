/* auto.h - scoped owners for libcrypto objects; TYPE_take() hands one out and empties the local. */
#ifndef X509_AUTO_H
#define X509_AUTO_H

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#define AUTO(type) __attribute__((cleanup(type##_drop))) type

#define AUTO_DEFINE(type, release)                                                                 \
    static inline void type##_drop(type **p)                                                       \
    {                                                                                              \
        release(*p);                                                                               \
    }                                                                                              \
    static inline type *type##_take(type **p)                                                      \
    {                                                                                              \
        type *taken = *p;                                                                          \
        *p = NULL;                                                                                 \
        return taken;                                                                              \
    }

static inline void
x509_stack_free(STACK_OF(X509) * s)
{
    sk_X509_pop_free(s, X509_free);
}
typedef STACK_OF(X509) X509_STACK;

AUTO_DEFINE(BIO, BIO_free_all)
AUTO_DEFINE(X509, X509_free)
AUTO_DEFINE(X509_REQ, X509_REQ_free)
AUTO_DEFINE(X509_NAME, X509_NAME_free)
AUTO_DEFINE(EVP_PKEY, EVP_PKEY_free)
AUTO_DEFINE(PKCS12, PKCS12_free)
AUTO_DEFINE(X509_STACK, x509_stack_free)

#endif
