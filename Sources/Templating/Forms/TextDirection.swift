import Foundation

/// Which way a text runs.
enum TextDirection: String, Sendable, Hashable {
    case leftToRight = "ltr"
    case rightToLeft = "rtl"

    /// The way the script of `locale` runs, as Unicode's CLDR has it; `he` and `ur-PK` run from right to left.
    init(ofLocale locale: String) {
        let direction = Locale.Language(identifier: locale).characterDirection
        self = direction == .rightToLeft ? .rightToLeft : .leftToRight
    }

    /// The side where lines begin, as CSS calls it.
    var start: String { self == .leftToRight ? "left" : "right" }
}
