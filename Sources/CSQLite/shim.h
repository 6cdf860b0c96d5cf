#ifndef TOCSIN_CSQLite_SHIM_H
#define TOCSIN_CSQLite_SHIM_H
#include <sqlite3.h>
#endif
