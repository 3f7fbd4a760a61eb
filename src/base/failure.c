#include "base/failure.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum rc
fail(struct failure *f, enum rc rc, const char *fmt, ...)
{
    if (f == NULL)
        return rc;
    *f = (struct failure){.rc = rc};
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(f->text, sizeof(f->text), fmt, ap);
    va_end(ap);
    return rc;
}

enum rc
fail_errno(struct failure *f, enum rc rc, int err, const char *fmt, ...)
{
    if (f == NULL)
        return rc;
    *f = (struct failure){.rc = rc};
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(f->text, sizeof(f->text), fmt, ap);
    va_end(ap);
    if (n >= 0 && (size_t)n < sizeof(f->text))
        snprintf(f->text + n, sizeof(f->text) - (size_t)n, ": %s", strerror(err));
    return rc;
}

void
failure_id(struct failure *f, const char *id)
{
    if (f != NULL)
        snprintf(f->id, sizeof(f->id), "%s", id);
}

void
failure_reason(struct failure *f, int32_t reason)
{
    if (f != NULL)
        f->reason = reason;
}

void
failure_side(struct failure *f, const char *side)
{
    if (f != NULL)
        snprintf(f->side, sizeof(f->side), "%s", side);
}

void
failure_cause(struct failure *f, const char *fmt, ...)
{
    if (f == NULL)
        return;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(f->cause, sizeof(f->cause), fmt, ap);
    va_end(ap);
}

void
failure_fix(struct failure *f, const char *fmt, ...)
{
    if (f == NULL)
        return;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(f->fix, sizeof(f->fix), fmt, ap);
    va_end(ap);
}
