/* dn_private.h - what dn.c (DER) and dn_text.c (text) share. */
#ifndef X509_DN_PRIVATE_H
#define X509_DN_PRIVATE_H

#include "x509/dn.h"

/* Insert in MQ's order, behind (front: before) the others of its type. */
enum rc dn_add(
    struct dn *dn, enum dn_type type, struct span value, bool front, struct failure *f) MUST_CHECK;
/* Call element for each TYPE=value of text, in the order given; value is unquoted and only
 * borrowed. An empty text is refused. */
typedef enum rc dn_element_fn(void *arg, enum dn_type type, struct span value, struct failure *f);
enum rc dn_scan(const char *text, dn_element_fn *element, void *arg, struct failure *f) MUST_CHECK;

#endif
