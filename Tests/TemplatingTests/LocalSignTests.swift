import Broadcast
import Foundation
import Testing

@testable import Templating

/// Dates and numbers in SMS: what a locale puts between letters and digits costs nothing.
struct LocalSignTests {
    static let locales = [
        "af", "ar", "ca", "cs", "cy", "da", "de", "de-CH", "el", "en-AU", "en-CA", "en-GB", "en-IE", "en-NZ",
        "en-US",
        "en-ZA", "es", "es-MX", "et", "eu", "fa", "fi", "fil", "fr", "fr-CA", "fr-CH", "gl", "he", "hr", "hu",
        "id", "is",
        "it", "ja", "ko", "lt", "lv", "ms", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru", "sk", "sl", "sv",
        "sw", "th", "tr",
        "uk", "vi", "zh", "zu",
    ]
    private let texts = LocalTexts()

    /// Every way of writing, of the eleventh of each month; as the channel sends it that leaves characters as they are.
    private func short(_ locale: String) -> String {
        let moments = (0..<12).map { Date(timeIntervalSince1970: 1_768_122_300 + Double($0) * 30.4 * 86_400) }
        let dates = moments.flatMap { date in LocalField.ofDates.map { (LocalValue.moment(date), $0) } }
        let number = LocalValue.number(Decimal(string: "-1234567.50") ?? 0, digits: 2)
        return (dates + [(number, .number)]).map { value, field in
            let wording = LocalTexts.Wording(
                field: field, locale: locale, timezone: "America/New_York", isShort: true)
            return CleanText.oneLine(texts.text(of: value, as: wording))
        }.joined(separator: "\n")
    }

    @Test(arguments: locales)
    func `no blank, dash or quote of a date or a number costs an SMS its encoding`(locale: String) {
        let signs = SMSLength(short(locale)).costly.filter { sign in
            switch sign.properties.generalCategory {
            case .spaceSeparator, .dashPunctuation, .mathSymbol, .initialPunctuation, .finalPunctuation,
                .control:
                true
            // Joiners belong to the letters of some scripts.
            case .format: sign != "\u{200C}"
            default: false
            }
        }
        #expect(signs.isEmpty, "\(signs.map(\.code))")
    }

    @Test(arguments: [
        "da", "de", "de-CH", "en-GB", "en-US", "en-ZA", "fi", "fil", "id", "it", "ms", "nb", "nl", "sv", "sw",
        "zu",
    ])
    func `where a locale's letters are those of SMS, so are its dates`(locale: String) {
        let length = SMSLength(short(locale))
        #expect(length.encoding == .gsm7, "\(length.costly.map(\.code))")
    }

    @Test func `elsewhere the blanks stay that keep a time together`() throws {
        let front = "variables: {v: When}\nsms: \"{{v.time}}\"\n"
        let content = FrozenContent.sample(
            "{{v.time}}", front: front, variables: ["v": "2026-12-11T09:05:00Z"])
        let template = try CompiledTemplate(content)
        let reader = Contact.sample(locale: "en-US", timezone: "America/New_York")
        #expect(try template.text(.webhook, for: reader) == "4:05\u{202F}AM")
        #expect(try template.text(.sms, for: reader) == "4:05 AM")
    }
}
