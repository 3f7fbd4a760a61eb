#include <string.h>

#include "base/text.h"
#include "cmd/cmd.h"
#include "mqsc/mqsc.h"

#define MANUAL_MAX (1u << 20)

int
cmd_manual(struct cmd *c)
{
    if (c->argc > 2)
        return cmd_usage(c, "one object type is wanted");
    bool any = false;
    for (enum object_type type = 0; type < OBJECT_TYPES; type++) {
        if (c->argc == 2 && !text_equal_fold(c->argv[1], object_class(type)->noun))
            continue;
        any = true;
        AUTO_BUF text = buf_new(MANUAL_MAX, ORDER_BIG);
        mqsc_manual(type, &text);
        fwrite(text.p, 1, text.n, stdout);
    }
    return any ? EXIT_DONE : cmd_usage(c, "there is no object type '%s'", c->argv[1]);
}
