#include "x509/ossl.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <openssl/err.h>

enum rc
fail_ossl(struct failure *f, enum rc rc, const char *fmt, ...)
{
    const char *why = ERR_reason_error_string(ERR_peek_last_error());

    ERR_clear_error();
    if (f == NULL)
        return rc;
    char text[sizeof(f->text)];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    if (why == NULL)
        return fail(f, rc, "%s", text);
    return fail(f, rc, "%s: %s", text, why);
}
