/* testing.h - cmocka with the headers that it wants before it. */
#ifndef TESTING_H
#define TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/failure.h" /* before cmocka makes a macro of fail() */

#include <cmocka.h>

#endif
