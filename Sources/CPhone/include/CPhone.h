#ifndef TOCSIN_CPHONE_H
#define TOCSIN_CPHONE_H
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Reads `text` as a phone number and writes its E.164 form ("+39…", NUL-terminated) to `e164`.
/// `region` is an ISO 3166 alpha-2 code for national numbers, or "ZZ" when only international ones are wanted.
/// Returns 0, or 1 not a number, 2 country code missing or unknown, 3 too short, 4 too long,
/// 5 a number nobody can have, 6 `capacity` too small.
int tocsin_phone_e164(const char *text, const char *region, char *e164, size_t capacity);

/// What is at the end of the E.164 number `e164`: 1 a landline, 2 a mobile, 3 a service number (free, shared cost,
/// premium rate, voice mail), 4 something else in the plan of its country, 0 nothing that plan knows.
int tocsin_phone_line(const char *e164);

/// 1 when `region` is a region libphonenumber knows, else 0.
int tocsin_phone_knows_region(const char *region);

#ifdef __cplusplus
}
#endif
#endif
