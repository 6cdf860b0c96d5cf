#ifndef TOCSIN_CMarkdown_SHIM_H
#define TOCSIN_CMarkdown_SHIM_H
#include <cmark.h>
#endif
