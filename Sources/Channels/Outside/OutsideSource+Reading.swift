import Broadcast
import Foundation
import Wire

extension OutsideSource {
    /// Reads `status` of one member of `companies`: a status page's URL, or an object; nil when absent or wrong.
    public init?(of company: String, _ settings: SettingsReader) {
        if case .string? = settings.value("status") {
            guard let url = settings.url("status", allowsPlain: false) else { return nil }
            self.init(company, url, SourceSettings(nil), .page(StatusPage()))
            return
        }
        guard let status = settings.settings("status") else { return nil }
        let source = SourceSettings(status)
        let components = status.texts("components")
        let well = status.settings("well").map { WellReply($0) }
        if status.value("url") == nil {
            status.reportMissing("url", expected: "the https URL of a status page or a probe")
        }
        if components?.isEmpty == true {
            status.report("components", .invalid, "is empty: name one component or more, or leave it out")
        }
        if components != nil, status.value("well") != nil {
            status.report(
                "well", .conflict, "does not go with \"components\", which are those of a status page")
        }
        guard let url = status.url("url", allowsPlain: source.allowsPrivate) else { return nil }
        self.init(
            company, url, source,
            well.map(Meaning.probe) ?? .page(StatusPage(components: components ?? [])))
    }

    private init(_ company: String, _ url: String, _ settings: SourceSettings, _ meaning: Meaning) {
        self.company = company
        self.meaning = meaning
        let isProbe = if case .probe = meaning { true } else { false }
        rhythm = OutsideRhythm(every: settings.every, doubts: isProbe)
        let accept = isProbe ? nil : HeaderField("Accept", "application/json")
        request = HTTPRequest(
            method: "GET", url: url, headers: [accept, settings.login].compactMap { $0 })
        route = settings.route(company)
        canBeAsked = !settings.lacksSecrets
        missing = settings.secretsMissing
    }
}

/// What is said of a source beside what its reply means.
private struct SourceSettings {
    /// A status page with many components is long; the transport takes no more.
    private static let longestPage = 1 << 20

    var every = Duration.seconds(60)
    var allowsPrivate = false
    var login: HeaderField?
    /// Whether it has a login that was not looked at.
    var lacksSecrets = false
    /// How to come by those that were looked for.
    var secretsMissing: [String] = []
    private var timeout = Duration.seconds(10)
    private var caFile: String?
    private var proxy: String?
    private var redactor = Redactor.none

    init(_ settings: SettingsReader?) {
        guard let settings else { return }
        every = settings.duration("every", in: .seconds(10) ... .seconds(86_400)) ?? every
        timeout = settings.duration("timeout", in: .milliseconds(100) ... .seconds(60)) ?? timeout
        allowsPrivate = settings.flag("private")
        caFile = settings.certificateFile("ca")
        proxy = settings.proxy("proxy")
        login = settings.authorization("authorization")
        secretsMissing = settings.secretsMissing
        lacksSecrets =
            !secretsMissing.isEmpty
            || settings.secretSource.withholdsSecrets && !settings.secretsRead.isEmpty
        redactor = Redactor(settings.secretsRead)
    }

    func route(_ company: String) -> Route {
        Route(
            name: "outside word on \(company)", place: "companies.\(company).status", connections: 1,
            connectTimeout: timeout, timeout: timeout, caFile: caFile,
            allowsPrivate: allowsPrivate, proxy: proxy, keptBody: Self.longestPage, redactor: redactor)
    }
}

extension WellReply {
    /// Reads `{"status": "2xx", "when": {"/status": "ok"}}`, in the words of reply rules.
    init(_ settings: SettingsReader) {
        let status = settings.value("status") == nil ? 200...299 : settings.statuses("status")
        let conditions = settings.conditions("when")
        self.init(status: status ?? 200...299, conditions: conditions ?? [])
    }
}
