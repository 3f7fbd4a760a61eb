/*
 * sim_inode.h - inside io/ only: what the simulated disk holds.
 *
 * Each file and folder is kept twice: `now`, what the running node sees, and `kept`, what a crash
 * leaves for sure; between the two stand the changes that were not synced, in order.
 */
#ifndef IO_SIM_INODE_H
#define IO_SIM_INODE_H

#include "io/sim_world.h"

struct content {
    uint8_t *p;
    uint64_t n, room;
};

struct change { /* of a file: bytes written at offset, or cut to `offset` bytes */
    struct change *next;
    uint64_t number;
    uint64_t offset;
    bool cut;
    bool lost; /* a sync failed over it: later syncs do not bring it to the disk */
    size_t n;
    uint8_t bytes[];
};

struct entry {
    char *name;
    struct inode *inode;
};

struct entries {
    struct entry *p;
    size_t n, room;
};

struct turn { /* a change of a folder: drop a name, then set one; both or none */
    struct turn *next;
    char *drop;
    char *set;
    struct inode *inode;
};

struct inode {
    struct inode *next; /* all of this node's */
    enum io_kind kind;
    /* a file */
    struct content now, kept;
    struct change *changes;
    uint64_t last_change;
    bool unlinked; /* has no name: no longer counted in the disk's bytes */
    struct io_file *locked_by;
    /* a folder */
    struct entries names_now, names_kept;
    struct turn *turns;
};

struct inode *inode_new(struct node *node, enum io_kind kind);
struct inode *inode_find(struct node *node, const char *path);
/* The folder that path stands in, and its last part; NULL when there is none. */
struct inode *inode_parent(struct node *node, const char *path, char name[256]);
struct inode *entries_find(const struct entries *e, const char *name);
void folder_change(struct inode *folder, const char *drop, const char *set, struct inode *inode);
/* A name of this file was dropped: its room on the disk is free. */
void inode_unlinked(struct node *node, struct inode *inode);

void content_put(struct content *c, uint64_t offset, struct span data);
void content_cut(struct content *c, uint64_t n);
/* Bring the changes up to number `last` to the disk; forget them. */
void file_keep(struct inode *file, uint64_t last);
void file_crash(struct sim *sim, struct inode *file);

#endif
