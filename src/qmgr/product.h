/* product.h - how this queue manager names itself in initial data: RPRODUCT and RVERSION of the
 * partner's DISPLAY CHSTATUS. */
#ifndef QMGR_PRODUCT_H
#define QMGR_PRODUCT_H

#define PRODUCT_ID "GRVE00010000"

#endif
