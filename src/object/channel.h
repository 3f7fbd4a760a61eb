/* channel.h - channels; chltype is CT_*.  Which attribute a type has is in the rows. */
#ifndef OBJECT_CHANNEL_H
#define OBJECT_CHANNEL_H

#include <stdint.h>

struct channel_def { /* in the order in which DISPLAY prints */
    char channel[21];
    int32_t chltype;
    int32_t affinity;
    char altdate[11];
    char alttime[9];
    int32_t batchhb;
    int32_t batchint;
    int32_t batchlim;
    int32_t batchsz;
    char certlabl[65];
    int32_t clntwght;
    char clusnl[49];
    char cluster[49];
    int32_t clwlprty;
    int32_t clwlrank;
    int32_t clwlwght;
    char comphdr[33];
    char compmsg[65];
    char conname[265];
    int32_t convert;
    int32_t defrecon;
    char descr[65];
    int32_t discint;
    int32_t hbint;
    int32_t kaint;
    char locladdr[49];
    int32_t longrty;
    int32_t longtmr;
    int32_t maxinst;
    int32_t maxinstc;
    int32_t maxmsgl;
    char mcaname[21];
    int32_t mcatype;
    char mcauser[65];
    char modename[9];
    int32_t monchl;
    char mrdata[33];
    char mrexit[129];
    int32_t mrrty;
    int32_t mrtmr;
    char msgdata[33];
    char msgexit[1000];
    int32_t netprty;
    int32_t npmspeed;
    char password[13];
    int32_t propctl;
    int32_t putaut;
    char qmname[49];
    char rcvdata[33];
    char rcvexit[1000];
    int32_t resetseq;
    char scydata[33];
    char scyexit[129];
    char senddata[33];
    char sendexit[1000];
    int32_t seqwrap;
    int32_t sharecnv;
    int32_t shortrty;
    int32_t shorttmr;
    int32_t sslcauth;
    char sslciph[33];
    char sslpeer[1025];
    int32_t statchl;
    char tpname[65];
    int32_t trptype;
    int32_t usedlq;
    char userid[13];
    char xmitq[49];
};

#endif
