import Broadcast
import Foundation
import Wire

/// What a kind of channel brings to its recipe.
struct RecipeFrame {
    /// Whom one delivery is for, which decides what can be filled in.
    var audience: ChannelTraits.Audience
    /// Whether plain `http` will do.
    var allowsPlain: Bool
    /// The body when none is configured; nil for none.
    var body: JSONValue?
    /// What `from` stands for; nil where there is no such thing.
    var from: String?
    /// What else can be filled in.
    var names: [String: FillingName] = [:]
}

extension Recipe {
    /// Reads `url`, `method`, `authorization`, `headers`, `body`, `values` and `reply`; nil when anything is wrong.
    init?(_ settings: SettingsReader, frame: RecipeFrame) {
        var constants = settings.constants("values")
        constants["from"] = frame.from
        let reader = FillingReader(audience: frame.audience, names: frame.names, constants: constants)
        let url = settings.fillingURL("url", reader, allowsPlain: frame.allowsPlain)
        let method = settings.text("method") ?? "POST"
        let login = settings.authorization("authorization")
        let body = RecipeBody(settings, reader, defaults: frame.body)
        let (fixed, filled) = settings.headers("headers", reader)
        let reply = ReplyRules(settings.settings("reply"))
        if !["POST", "PUT", "PATCH", "GET"].contains(method) {
            settings.report("method", .invalid, "expected \"POST\", \"PUT\", \"PATCH\" or \"GET\"")
        }
        guard let url, let body else { return nil }
        let saysType = (fixed.map(\.name) + filled.map(\.name)).contains { $0.lowercased() == "content-type" }
        let type = saysType ? nil : body.type.flatMap { HeaderField("Content-Type", $0) }
        self.init(
            method: method, url: url, constantHeaders: [type, login].compactMap { $0 } + fixed,
            headers: filled,
            body: body.filling, reply: reply)
    }
}

/// The body of a recipe: `{"json": …}`, `{"form": {…}}` or `{"text": "…"}`.
private struct RecipeBody {
    var filling: Filling?
    var type: String?

    init?(_ settings: SettingsReader, _ reader: FillingReader, defaults: JSONValue?) {
        guard settings.value("body") != nil else {
            if let defaults {
                guard let filling = try? reader.json(defaults) else { return nil }
                self.init(filling, "application/json")
            } else {
                self.init(nil, nil)
            }
            return
        }
        guard let body = settings.settings("body") else { return nil }
        let json = body.value("json")
        let form = body.settings("form")
        let text = body.value("text")
        guard [json != nil, form != nil, text != nil].count(where: { $0 }) == 1 else {
            settings.report("body", .conflict, "expected exactly one of \"json\", \"form\" and \"text\"")
            return nil
        }
        if let json {
            self.init(
                body.filling("json") { () throws(ValueProblem) in try reader.json(json) }, "application/json")
        } else if let form {
            self.init(form.form(reader), "application/x-www-form-urlencoded")
        } else if case .string(let text)? = text {
            self.init(
                body.filling("text") { () throws(ValueProblem) in try reader.filling(text, .plain) },
                "text/plain; charset=utf-8")
        } else {
            body.report("text", .wrongType, "expected a text")
            return nil
        }
        guard filling != nil else { return nil }
    }

    private init(_ filling: Filling?, _ type: String?) {
        self.filling = filling
        self.type = type
    }
}

extension SettingsReader {
    /// The object's texts by `values.NAME`; a value may be a secret.
    fileprivate func constants(_ key: String) -> [String: String] {
        guard let values = settings(key) else { return [:] }
        var constants: [String: String] = [:]
        for name in values.keys {
            if case .object? = values.value(name) {
                // One that cannot be had has been reported, and is called so all the same.
                constants["values.\(name)"] = values.secret(name)?.reveal() ?? ""
            } else {
                constants["values.\(name)"] = values.text(name)
            }
        }
        return constants
    }

    /// What `make` makes, or nil after its problem has been reported.
    fileprivate func filling(_ key: String, _ make: () throws(ValueProblem) -> Filling) -> Filling? {
        do {
            return try make()
        } catch {
            report(key, .invalid, "\(error)")
            return nil
        }
    }

    /// A URL with places to fill in after its host.
    fileprivate func fillingURL(_ key: String, _ reader: FillingReader, allowsPlain: Bool) -> Filling? {
        guard let text = requiredText(key, "an absolute https URL") else { return nil }
        guard let url = filling(key, { () throws(ValueProblem) in try reader.filling(text, .url) }) else {
            return nil
        }
        guard checkedURL(url.shape, key, allowsPlain: allowsPlain) else { return nil }
        // The company that is called must not be the reader's choice.
        guard case .literal(let start)? = url.pieces.first,
            String(decoding: start, as: UTF8.self).wholeMatch(of: /https?:\/\/[^\/?#]+[\/?#].*/) != nil
                || url.pieces.count == 1
        else {
            report(key, .invalid, "nothing may be filled in before the end of the host name")
            return nil
        }
        return url
    }

    /// `name=value&…`, sorted by name.
    fileprivate func form(_ reader: FillingReader) -> Filling? {
        let fields = keys.map { (name: $0, value: formValue($0, reader)) }
        var form = Filling()
        for (index, field) in fields.enumerated() {
            guard let value = field.value else { return nil }
            var name: [UInt8] = index > 0 ? [UInt8(ascii: "&")] : []
            guard (try? Filling.append(Array(field.name.utf8), .form, to: &name)) != nil else { return nil }
            form.append(name + [UInt8(ascii: "=")])
            form.append(value)
        }
        return form
    }

    private func formValue(_ name: String, _ reader: FillingReader) -> Filling? {
        guard let text = value(name)?.scalarText else {
            report(name, .wrongType, "expected a text")
            return nil
        }
        return filling(name) { () throws(ValueProblem) in try reader.filling(text, .form) }
    }

    /// The fixed headers, and those with something to fill in.
    fileprivate func headers(
        _ key: String, _ reader: FillingReader
    ) -> (fixed: [HeaderField], filled: [(name: String, value: Filling)]) {
        guard let headers = settings(key) else { return ([], []) }
        var fixed: [HeaderField] = []
        var filled: [(name: String, value: Filling)] = []
        for name in headers.keys {
            guard let text = headers.text(name),
                let value = headers.filling(
                    name, { () throws(ValueProblem) in try reader.filling(text, .header) })
            else { continue }
            guard let field = HeaderField(name, value.shape),
                !Self.reservedHeaders.contains(name.lowercased())
            else {
                headers.report(name, .invalid, "is no header that may be set here")
                continue
            }
            if value.pieces.allSatisfy({ if case .literal = $0 { true } else { false } }) {
                fixed.append(field)
            } else {
                filled.append((name, value))
            }
        }
        return (fixed, filled)
    }

    /// The headers that belong to the transport or to the signature.
    private static let reservedHeaders: Set<String> = [
        "host", "content-length", "user-agent", "connection", "transfer-encoding", "expect", "webhook-id",
        "webhook-timestamp", "webhook-signature", "accept-encoding",
    ]

    /// `{"bearer": S}`, `{"basic": {"username": U, "password": S}}` or `{"header": {"name": N, "value": S}}`.
    fileprivate func authorization(_ key: String) -> HeaderField? {
        guard let login = settings(key) else { return nil }
        let bearer = login.secret("bearer")
        let basic = login.settings("basic")
        let header = login.settings("header")
        guard login.keys.count == 1 else {
            report(key, .conflict, "expected exactly one of \"bearer\", \"basic\" and \"header\"")
            return nil
        }
        if let bearer { return HeaderField("Authorization", "Bearer \(bearer.reveal())") }
        if let basic { return basic.basicLogin() }
        return header?.headerLogin()
    }

    private func basicLogin() -> HeaderField? {
        let username = requiredText("username", "a user name")
        guard let password = requiredSecret("password"), let username else { return nil }
        guard !username.contains(":") else {
            report("username", .invalid, "may hold no colon (RFC 7617)")
            return nil
        }
        let token = Data("\(username):\(password.reveal())".utf8).base64EncodedString()
        remember(Secret(token))
        return HeaderField("Authorization", "Basic \(token)")
    }

    private func headerLogin() -> HeaderField? {
        let name = requiredText("name", "the header's name, such as \"X-Api-Key\"")
        guard let value = requiredSecret("value"), let name else { return nil }
        guard let field = HeaderField(name, value.reveal()) else {
            report("name", .invalid, "\"\(Excerpt.of(name))\" is no header name")
            return nil
        }
        return field
    }

    /// A secret that must be there.
    func requiredSecret(_ key: String) -> Secret? {
        if value(key) == nil { reportMissing(key, expected: "{\"env\": \"NAME\"} or {\"file\": \"PATH\"}") }
        return secret(key)
    }
}
