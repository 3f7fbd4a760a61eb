/* queue.h - local, model, alias and remote queues; type is QT_*. */
#ifndef OBJECT_QUEUE_H
#define OBJECT_QUEUE_H

#include <stdint.h>

struct queue_def { /* in the order in which DISPLAY prints */
    char queue[49];
    int32_t type;
    int32_t acctq;
    char altdate[11];
    char alttime[9];
    char boqname[49];
    int32_t bothresh;
    int32_t capexpry;
    char clusnl[49];
    char cluster[49];
    char clchname[21];
    int32_t clwlprty;
    int32_t clwlrank;
    int32_t clwluseq;
    char crdate[11];
    char crtime[9];
    int32_t curdepth;
    char custom[129];
    int32_t defbind;
    int32_t defprty;
    int32_t defpsist;
    int32_t defpresp;
    int32_t defreada;
    int32_t defsopt;
    int32_t deftype;
    char descr[65];
    int32_t distl;
    int32_t get;
    int32_t hardenbo;
    int32_t imgrcovq;
    char initq[49];
    int32_t ipprocs;
    int32_t maxdepth;
    int32_t maxfsize;
    int32_t maxmsgl;
    int32_t monq;
    int32_t msgdlvsq;
    int32_t trigger;
    int32_t npmclass;
    int32_t opprocs;
    int32_t otelpctl;
    int32_t oteltrac;
    char process[49];
    int32_t put;
    int32_t propctl;
    int32_t qdepthhi;
    int32_t qdepthlo;
    int32_t qdphiev;
    int32_t qdploev;
    int32_t qdpmaxev;
    int32_t qsvciev;
    int32_t qsvcint;
    int32_t retintvl;
    char rname[49];
    char rqmname[49];
    int32_t scope;
    int32_t share;
    int32_t statq;
    char streamq[49];
    int32_t strmqos;
    char target[49];
    int32_t targtype;
    char trigdata[65];
    int32_t trigdpth;
    int32_t trigmpri;
    int32_t trigtype;
    int32_t usage;
    char xmitq[49];
};

#endif
