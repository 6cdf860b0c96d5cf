import Foundation

/// What the first values of one column look like: a column nobody mapped may hold the addresses of all customers.
public struct ColumnSample: Sendable {
    /// So many values say enough.
    public static let size = 100

    private let region: PhoneRegion?
    private let isNamedPhone: Bool
    private var seen = 0
    private var emails = 0
    private var phones = 0

    /// No values yet.
    ///
    /// - Parameters:
    ///   - column: the name of the column; under `Cellulare` more is taken for a phone number than under `VAT`.
    ///   - region: whose national phone numbers are understood.
    public init(column: String, region: PhoneRegion?) {
        self.region = region
        isNamedPhone = Self.namesPhone(column)
    }

    /// Whether more values would change nothing.
    public var isFull: Bool { seen >= Self.size }

    /// What more than half of the values are; nil when it is nothing that could be sent to.
    public var kind: AddressKind? {
        if emails * 2 > seen { return .email }
        return phones * 2 > seen ? .phone : nil
    }

    /// Looks at one more value; an empty one counts for nothing.
    public mutating func take(_ text: String) {
        let value = FreeText.trimmed(text)
        guard !isFull, !value.isEmpty, value != "-" else { return }
        seen += 1
        if Self.isEmail(value) {
            emails += 1
        } else if isPhone(value) {
            phones += 1
        }
    }

    private static func isEmail(_ value: String) -> Bool {
        guard value.contains("@"), let first = value.split(whereSeparator: { ";, ".contains($0) }).first
        else { return false }
        return (try? Address(email: String(first))) != nil
    }

    // MARK: Phone numbers

    private func isPhone(_ value: String) -> Bool {
        if isNamedPhone, RoundedNumber.matches(value) { return true }
        let digits = value.unicodeScalars.count { ("0"..."9").contains($0) }
        guard (6...15).contains(digits), value.utf8.count <= 40 else { return false }
        if value.hasPrefix("+") { return (try? Address(phone: value, region: nil)) != nil }
        guard value.unicodeScalars.allSatisfy(Self.isDigitOrSeparator) else { return false }
        return isNamedPhone || isInternational(value) || isNational(value, digits: digits)
    }

    private func isInternational(_ value: String) -> Bool {
        guard value.hasPrefix("00"), let number = try? Address(phone: "+" + value.dropFirst(2), region: nil)
        else { return false }
        return number.line != .unknown
    }

    /// Customer and tax numbers are digits too: without a telling name, a landline must be written as one.
    private func isNational(_ value: String, digits: Int) -> Bool {
        guard !Self.isDate(value) else { return false }
        let isSpaced = value.unicodeScalars.count > digits
        guard let region else {
            return isSpaced && (9...11).contains(digits) && (value.hasPrefix("0") || value.hasPrefix("("))
        }
        guard let number = try? Address(phone: value, region: region) else { return false }
        return number.line == .mobile || isSpaced && number.line != .unknown
    }

    private static func isDigitOrSeparator(_ scalar: Unicode.Scalar) -> Bool {
        ("0"..."9").contains(scalar)
            || "-./() \u{A0}\u{202F}\u{2010}\u{2011}\u{2013}".unicodeScalars.contains(scalar)
    }

    private static func isDate(_ value: String) -> Bool {
        value.wholeMatch(of: /[0-9]{1,4}[-.\/ ][0-9]{1,2}[-.\/ ][0-9]{1,4}/) != nil
    }

    /// Words that begin the names of phone columns in the languages of Western Europe.
    private static let beginnings = [
        "cell", "mobil", "movil", "portab", "handy", "gsm", "whatsapp", "sms", "telef", "telep", "rufnummer",
        "recapit", "contatt", "fax",
    ]

    private static func namesPhone(_ column: String) -> Bool {
        let plain = column.folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
            .lowercased()
        return plain.split { !$0.isLetter }.contains { word in
            word == "tel" || word.contains("phone") || word.contains("telefon")
                || beginnings.contains { word.hasPrefix($0) }
        }
    }
}
