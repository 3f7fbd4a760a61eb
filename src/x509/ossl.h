/* ossl.h - libcrypto's reasons as our failures. */
#ifndef X509_OSSL_H
#define X509_OSSL_H

#include "base/failure.h"

/* fail() with libcrypto's last reason added.  Empties libcrypto's error queue. */
enum rc fail_ossl(struct failure *f, enum rc rc, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
