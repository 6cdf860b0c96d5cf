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

int tocsin_phone_line(const char *e164) {
    const PhoneNumberUtil &util = *PhoneNumberUtil::GetInstance();
    PhoneNumber number;
    if (util.Parse(e164, "ZZ", &number) != PhoneNumberUtil::NO_PARSING_ERROR) return 0;
    switch (util.GetNumberType(number)) {
    case PhoneNumberUtil::FIXED_LINE: return 1;
    case PhoneNumberUtil::MOBILE: return 2;
    case PhoneNumberUtil::TOLL_FREE:
    case PhoneNumberUtil::PREMIUM_RATE:
    case PhoneNumberUtil::SHARED_COST:
    case PhoneNumberUtil::VOICEMAIL:
    case PhoneNumberUtil::UAN: return 3;
    case PhoneNumberUtil::UNKNOWN: return 0;
    default: return 4;
    }
}

int tocsin_phone_knows_region(const char *region) {
    std::set<std::string> regions;
    PhoneNumberUtil::GetInstance()->GetSupportedRegions(&regions);
    return regions.count(region) > 0 ? 1 : 0;
}
