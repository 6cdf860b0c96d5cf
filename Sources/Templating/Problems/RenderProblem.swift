public import Broadcast

/// Why one message cannot be made for one reader; it concerns nobody else.
public struct RenderProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of problem it is; stable, for reports.
    public enum Code: String, Sendable, CaseIterable {
        /// Values that ``CompiledTemplate/unfit(_:for:)`` names.
        case valueUnfit = "value-unfit"
        /// Longer than the form allows.
        case tooLong = "message-too-large"
        /// Nothing is left of the message for this reader.
        case empty
        /// The text that this reader's sections leave nests too deeply.
        case tooComplex = "too-complex"
    }

    /// What kind of problem it is.
    public let code: Code
    /// In which form.
    public let form: ContentForm
    /// What is wrong, without any value of the contact.
    public let what: String
    /// By how much it is too long; nil when that is not the problem.
    public let excess: Excess?

    init(_ code: Code, _ form: ContentForm, _ what: String) {
        self.code = code
        self.form = form
        self.what = what
        excess = nil
    }

    init(tooLong excess: Excess, _ form: ContentForm) {
        code = .tooLong
        self.form = form
        // Telegram's own limit is nobody's setting.
        what = excess.text + (excess.unit == .characters && form != .telegram ? " (maxCharacters)" : "")
        self.excess = excess
    }

    /// Such as `telegram: 4,211 characters, 115 more than the 4,096 allowed`.
    public var description: String { "\(form.rawValue): \(what)" }
}

/// A value that a template needs and a contact does not give.
public struct UnfitValue: Error, Sendable, Hashable, CustomStringConvertible {
    /// Why it does not do.
    public enum Reason: String, Sendable, CaseIterable {
        /// Empty, and the template gives no default.
        case missing
        /// A whole link that is neither `https`, `http`, `mailto` nor `tel`.
        case notALink = "not-a-link"
        /// Its sub-field needs a date, and it is none.
        case notADate = "not-a-date"
        /// A day at most, where hours and minutes shall stand.
        case notATime = "not-a-time"
        case notANumber = "not-a-number"

        /// Why a value that is there cannot be written in that way.
        init(missing field: LocalField) {
            self =
                switch field {
                case .date, .short, .weekday, .long: .notADate
                case .time: .notATime
                case .number: .notANumber
                }
        }
    }

    /// As the template writes it, such as `contact.name`.
    public let name: String
    /// Relative to the templates directory.
    public let file: String
    /// Counted from 1.
    public let line: Int?
    /// Why it does not do.
    public let reason: Reason

    init(_ use: SlotUse, _ reason: Reason) {
        name = CleanText.oneLine(String(use.name.prefix(200)))
        file = CleanText.oneLine(use.place.file)
        line = use.place.line
        self.reason = reason
    }

    /// Such as `outage/message.md:9: contact.name is empty and has no default`.
    public var description: String {
        let location = line.map { "\(file):\($0)" } ?? file
        return switch reason {
        case .missing: "\(location): \(name) is empty and has no default"
        case .notALink: "\(location): \(name) is no link (https, http, mailto or tel expected)"
        case .notADate: "\(location): \(name) is no date (2026-12-01 or 2026-12-01T18:00+01:00 expected)"
        case .notATime: "\(location): \(name) has no time (2026-12-01T18:00+01:00 expected)"
        case .notANumber: "\(location): \(name) is no number (such as 1234.50)"
        }
    }

    /// What whoever sends can do about it.
    public var mend: String {
        switch reason {
        case .missing: "give it a default, or leave them out"
        case .notALink, .notADate, .notATime, .notANumber: "correct it, or leave them out"
        }
    }
}
