#ifndef TOCSIN_CIDN_SHIM_H
#define TOCSIN_CIDN_SHIM_H
#include <idn2.h>
#endif
