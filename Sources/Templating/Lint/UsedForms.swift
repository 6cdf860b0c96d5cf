public import Broadcast

/// What of a template somebody gets: the forms of each of its languages.
public struct UsedForms: Sendable, Hashable {
    private var forms: [String: Set<ContentForm>]?

    /// Every form in every language, whoever gets it.
    public static let all = UsedForms(forms: nil)

    private init(forms: [String: Set<ContentForm>]?) { self.forms = forms }

    /// Nothing yet.
    public init() { forms = [:] }

    /// Takes in that somebody gets `form` in `locale`, BCP 47 as ``CompiledTemplate/locales`` has it.
    public mutating func insert(_ form: ContentForm, in locale: String) {
        forms?[locale, default: []].insert(form)
    }

    /// Those that somebody gets in `locale`.
    func of(_ locale: String) -> Set<ContentForm> {
        forms.map { $0[locale] ?? [] } ?? Set(ContentForm.allCases)
    }
}

extension TemplateProblem {
    /// Whether somebody reads the file where it stands; of a message or a partial that is not known by its name.
    func isRead(in forms: Set<ContentForm>) -> Bool {
        let name = file.split(separator: "/").last.flatMap { SourceName(String($0)) }
        return switch name.flatMap({ SourceRole(rawValue: $0.base) }) {
        case .mailHTML, .mailText: forms.contains(.email)
        case .sms: forms.contains(.sms)
        case .telegram: forms.contains(.telegram)
        case .webhook: forms.contains(.webhook)
        case .message, nil: true
        }
    }
}
