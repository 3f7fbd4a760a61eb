/* cmocka.h - what cmocka wants to be included before it, once. */
#ifndef UNIT_CMOCKA_H
#define UNIT_CMOCKA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#undef fail /* the name is taken: base/failure.h */
#undef fail_msg
#define fail_msg(...)               \
    do {                            \
        print_error(__VA_ARGS__);   \
        print_error("\n");          \
        _fail(__FILE__, __LINE__);  \
    } while (0)

#endif
