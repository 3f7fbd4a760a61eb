/* test.h - cmocka, what it needs first, and a check that prints the failure f. */
#ifndef IO_TEST_H
#define IO_TEST_H

#include "io/io.h" /* before cmocka, whose fail() is a macro */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define assert_ok(call)                                        \
    do {                                                       \
        enum rc assert_rc = (call);                            \
        if (assert_rc != RC_OK)                                \
            print_error("%s: %s\n", rc_text(assert_rc), f.text); \
        assert_int_equal(assert_rc, RC_OK);                    \
    } while (0)

#endif
