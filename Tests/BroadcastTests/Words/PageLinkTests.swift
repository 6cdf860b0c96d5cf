import Broadcast
import Testing

struct PageLinkTests {
    private static let id = Announcement.ID(valid: "outage-1")

    @Test(arguments: [
        ("https://acme.example/news/{{announcement.id}}", "https://acme.example/news/outage-1"),
        ("https://acme.example/news#{{ announcement.id }}", "https://acme.example/news#outage-1"),
        (
            "https://acme.example/?t={{announcement.template}}&p={{announcement.purpose}}",
            "https://acme.example/?t=a_b&p=marketing"
        ),
        ("https://acme.example", "https://acme.example"),
        (
            "HTTPS://acme.example:8443/{{announcement.id}}/{{announcement.id}}",
            "HTTPS://acme.example:8443/outage-1/outage-1"
        ),
    ])
    func `a page is found for every announcement`(text: String, url: String) throws {
        let page = try PageLink(parsing: text).filled(template: "a_b", purpose: .marketing)
        #expect(page.url(of: Self.id) == url)
    }

    @Test func `values are percent-encoded`() throws {
        let page = try PageLink(parsing: "https://acme.example/{{announcement.template}}")
        #expect(
            page.filled(template: "a b/è?", purpose: .service).url(of: Self.id)
                == "https://acme.example/a%20b%2F%C3%A8%3F")
    }

    @Test(arguments: [
        ("http://acme.example/", "does not begin with https://"),
        ("acme.example/x", "does not begin with https://"),
        ("", "does not begin with https://"), ("javascript:alert(1)", "does not begin with https://"),
        ("https:///x", "has no host"), ("https://", "has no host"),
        ("https://u:p@acme.example/", "holds a login"), ("https://acme.example/a b", "holds a character"),
        ("https://acme.example/è", "holds a character"), ("https://acme.example/<x>", "holds a character"),
        ("https://{{announcement.id}}.acme.example/", "has a value before its path"),
        ("https://acme.example{{announcement.id}}", "has a value before its path"),
        ("{{announcement.id}}", "does not begin with https://"),
        ("https://acme.example/{{announcement.id", "has {{ without }}"),
        ("https://acme.example/{{contact.id}}", "names {{contact.id}}; expected {{announcement.id}}"),
        ("https://acme.example/{{announcement.di}}", "did you mean {{announcement.id}}?"),
        ("https://acme.example/{{}}", "names {{}}"),
    ])
    func `what is no page is told`(text: String, told: String) {
        do throws(ValueProblem) {
            _ = try PageLink.checked(text)
            Issue.record("taken")
        } catch {
            #expect("\(error)".contains(told), "\(error)")
        }
    }
}
