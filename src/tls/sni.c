/* The server name by which a client says which channel it wants (spec/client-protocol.md 10). */
#include "tls/tls.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define SNI_SUFFIX ".chl.mq.ibm.com"
#define SNI_MAX (3 * MQ_CHANNEL_MAX + sizeof(SNI_SUFFIX))

void
tls_sni_encode(const char *channel, char *to, size_t size)
{
    char sni[SNI_MAX];
    size_t n = 0;

    if (strlen(channel) <= MQ_CHANNEL_MAX) {
        for (const char *c = channel; *c != '\0'; c++) {
            if (*c >= 'A' && *c <= 'Z')
                sni[n++] = (char)(*c - 'A' + 'a');
            else if (*c >= '0' && *c <= '9')
                sni[n++] = *c;
            else
                n += (size_t)snprintf(sni + n, sizeof(sni) - n, "%02x-", (unsigned char)*c);
        }
        memcpy(sni + n, SNI_SUFFIX, sizeof(SNI_SUFFIX));
    }
    /* Half a name would name another channel. */
    if (n == 0 || !text_copy(to, size, sni))
        text_copy(to, size, "");
}

bool
tls_sni_is(const char *sni, const char *channel)
{
    char want[SNI_MAX];

    tls_sni_encode(channel, want, sizeof(want));
    return want[0] != '\0' && text_equal_fold(sni, want);
}
