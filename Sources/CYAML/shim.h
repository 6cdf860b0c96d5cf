#ifndef TOCSIN_CYAML_SHIM_H
#define TOCSIN_CYAML_SHIM_H
#include <yaml.h>
#endif
