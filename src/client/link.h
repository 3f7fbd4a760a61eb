/*
 * link.h - a connection that carries segments: a byte stream, TLS around it where it is wanted,
 * whole segments in and out.  Message channels, client channels and the local client all talk
 * through one.
 *
 * Events come from the event loop, never from inside a call that the owner makes, except that
 * on_segment may be followed by more on_segment in the same turn.  The owner may link_close() from
 * any event.  Limits: segments are at most link_max() bytes; when more than 1 MiB waits to be sent
 * the link stops reading until it has drained.
 */
#ifndef CLIENT_LINK_H
#define CLIENT_LINK_H

#include "io/io.h"
#include "tls/tls.h"
#include "wire/segment.h"

struct link;
struct link_events {
    /* Connected, and the TLS handshake (if any) is done.  For accepted links: after the first byte
     * told plain from TLS and the handshake is done. */
    void (*on_ready)(void *arg);
    void (*on_segment)(void *arg, const struct segment *seg);
    /* It is over: f NULL when the peer closed in order, else AMQ9202E (can not connect), AMQ9208E,
     * AMQ9207E (no segment), or what tls_input() said.  No event follows. */
    void (*on_end)(void *arg, const struct failure *f);
    void (*on_drain)(void *arg); /* all was handed to the system; may be NULL */
};
/* Start to connect; options NULL: in the clear.  env is referenced, options' strings are copied. */
struct link *link_connect(struct io *io, const char *address, const char *local_address,
    struct tls_env *env, const struct tls_options *options, const struct link_events *events,
    void *arg);
/* Serve an accepted stream (taken).  The first byte decides: 0x16 is TLS, for which env may be NULL
 * (no key repository: the link ends with AMQ9637E-like failure from `no_env`). */
struct link *link_accept(struct io *io, struct io_stream *stream_take, struct tls_env *env,
    const struct tls_options *options, const struct failure *no_env,
    const struct link_events *events, void *arg);
void link_set(struct link *l, const struct link_events *events, void *arg);
void link_close(struct link *l, bool flush);
/* Whole segments, as the encoders made them. */
void link_send(struct link *l, struct span segments);
size_t link_unsent(const struct link *l);
void link_max(struct link *l, size_t segment_bytes); /* SEGMENT_FIRST_MAX at the start */
void link_pause(struct link *l);                     /* no on_segment until link_resume() */
void link_resume(struct link *l);
bool link_is_tls(const struct link *l);
bool link_facts(const struct link *l, struct tls_facts *out); /* false: in the clear */
/* "127.0.0.1(41414)", "" for a local socket; and just the host. */
void link_peer(const struct link *l, char to[80]);
void link_peer_host(const struct link *l, char host[64]);
bool link_credentials(const struct link *l, uint32_t *uid, int32_t *pid);

#endif
