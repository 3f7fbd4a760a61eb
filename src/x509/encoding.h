/*
 * encoding.h - what a file holds, told by content.
 *
 * A file is a row of DER objects: one PEM block after the other (with whatever text between them),
 * or base64 without a frame, or DER itself.  UTF-16 and byte order marks, which editors on Windows
 * add, are taken away first.
 */
#ifndef X509_ENCODING_H
#define X509_ENCODING_H

#include "base/bytes.h"
#include "base/failure.h"
#include "x509/x509.h"

#define X509_FILE_MAX (1024u * 1024)

enum der_kind { DER_CERTIFICATE, DER_PKCS7, DER_REQUEST, DER_KEY, DER_PKCS12, DER_UNKNOWN };

/* Call object for each; kind is what the bytes are, whatever a PEM label says.  Stops early when it
 * does not return RC_OK.  Key material that was decoded is wiped. */
typedef enum rc der_fn(void *arg, enum der_kind kind, struct span der, struct failure *f);
enum rc der_each(struct span file, der_fn *object, void *arg, struct failure *f) MUST_CHECK;

#endif
