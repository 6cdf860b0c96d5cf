import Broadcast
import Foundation
import Wire

// How a recipe says who it is.
extension SettingsReader {
    /// `{"bearer": S}`, `{"basic": {"username": U, "password": S}}` or `{"header": {"name": N, "value": S}}`.
    func authorization(_ key: String) -> HeaderField? {
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
        guard let field = HeaderField(name, value.reveal()),
            !Recipe.reservedHeaders.contains(name.lowercased())
        else {
            report("name", .invalid, "\"\(Excerpt.of(name))\" is no header that may be set here")
            return nil
        }
        return field
    }
}
