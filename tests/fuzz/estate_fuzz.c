/* Any bytes as grove.yaml: understood or refused; what is understood refers only to what is there.
 */
#include <stdlib.h>

#include "estate/estate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct estate *e = NULL;
    struct failure f;
    if (estate_parse(span_of(data, n), "/lab", &e, &f) != RC_OK)
        return 0;
    for (size_t i = 0; i < e->n_channels; i++)
        if (estate_qmgr(e, e->channels[i].from) == NULL ||
            estate_qmgr(e, e->channels[i].to) == NULL)
            abort();
    estate_free(e);
    return 0;
}
