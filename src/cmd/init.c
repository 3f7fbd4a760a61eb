#include <string.h>

#include "cmd/cmd.h"
#include "estate/estate.h"

int
cmd_init(struct cmd *c)
{
    const char *dir = NULL, *key = "rsa2048";
    bool lab = false;
    for (int i = 1; i < c->argc; i++) {
        if (strcmp(c->argv[i], "--lab") == 0)
            lab = true;
        else if (strcmp(c->argv[i], "--key") == 0 && i + 1 < c->argc)
            key = c->argv[++i];
        else if (c->argv[i][0] != '-' && dir == NULL)
            dir = c->argv[i];
        else
            return cmd_usage(c, "'%s' is not understood", c->argv[i]);
    }
    if (!lab)
        return cmd_usage(c, "say --lab: there is no other kind yet");
    struct failure f = {.rc = RC_OK};
    char path[CMD_PATH_MAX];
    enum rc rc = dir == NULL ? RC_OK : cmd_find_data(c->io, dir, path, &f);
    if (rc == RC_OK)
        rc = estate_init_lab(c->io, dir == NULL ? c->data : path, key, &f);
    if (rc != RC_OK) {
        cmd_fail(&f);
        return rc == RC_EXISTS ? EXIT_FAILED : EXIT_USAGE;
    }
    printf("%s/grove.yaml describes two queue managers, ASH and BIRCH.\nNow:  grove -C %s apply\n",
        dir == NULL ? c->data : path, dir == NULL ? c->data : path);
    return EXIT_DONE;
}
