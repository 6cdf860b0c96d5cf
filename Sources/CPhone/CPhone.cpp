#include "CPhone.h"

#include <cstring>
#include <set>
#include <string>

#include <phonenumbers/phonenumberutil.h>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

int tocsin_phone_e164(const char *text, const char *region, char *e164, size_t capacity) {
    const PhoneNumberUtil &util = *PhoneNumberUtil::GetInstance();
    PhoneNumber number;
    switch (util.Parse(text, region, &number)) {
    case PhoneNumberUtil::NO_PARSING_ERROR: break;
    case PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR: return 2;
    case PhoneNumberUtil::TOO_SHORT_AFTER_IDD:
    case PhoneNumberUtil::TOO_SHORT_NSN: return 3;
    case PhoneNumberUtil::TOO_LONG_NSN: return 4;
    default: return 1;
    }
    switch (util.IsPossibleNumberWithReason(number)) {
    case PhoneNumberUtil::TOO_SHORT: return 3;
    case PhoneNumberUtil::TOO_LONG: return 4;
    case PhoneNumberUtil::INVALID_COUNTRY_CODE: return 2;
    default: break;
    }
    if (!util.IsPossibleNumber(number)) return 5;
    std::string formatted;
    util.Format(number, PhoneNumberUtil::E164, &formatted);
    if (formatted.size() + 1 > capacity) return 6;
    std::memcpy(e164, formatted.c_str(), formatted.size() + 1);
    return 0;
}

int tocsin_phone_knows_region(const char *region) {
    std::set<std::string> regions;
    PhoneNumberUtil::GetInstance()->GetSupportedRegions(&regions);
    return regions.count(region) > 0 ? 1 : 0;
}
