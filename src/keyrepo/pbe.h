/* pbe.h - how much work a file asks for before its password can be tried. */
#ifndef KEYREPO_PBE_H
#define KEYREPO_PBE_H

#include <openssl/pkcs12.h>
#include <stdbool.h>

/* Ten times what was seen.  More would only hold the caller up. */
#define PBE_ITERATIONS_MAX 1000000

/* Nothing in the file that has to be derived asks for more than that. */
bool pbe_mac_bearable(const PKCS12 *p12);
bool pbe_content_bearable(const PKCS7 *safe);
bool pbe_key_bearable(const PKCS12_SAFEBAG *bag);

#endif
