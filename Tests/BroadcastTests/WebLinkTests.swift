import Testing

@testable import Broadcast

/// Links to the web, whose hosts must be found by programs that know ASCII only.
struct WebLinkTests {
    @Test(arguments: [
        ("https://acme.example/x?a=1#b", "https://acme.example/x?a=1#b"),
        ("HTTPS://Acme.Example", "HTTPS://Acme.Example"),
        ("https://localhost:8443/", "https://localhost:8443/"),
        ("https://203.0.113.7/", "https://203.0.113.7/"),
        ("https://[2001:db8::1]:1/", "https://[2001:db8::1]:1/"),
        ("https://a_b.acme.example", "https://a_b.acme.example"),
        ("https://acme.example./x", "https://acme.example./x"),
        ("https:///x", "https:///x"), ("mailto:a@bücher.example", "mailto:a@bücher.example"),
        ("tel:+39", "tel:+39"),
        ("https://bücher.example/ß?ü=ü#ü", "https://xn--bcher-kva.example/ß?ü=ü#ü"),
        ("http://ada:b%C3%BC@BÜCHER.example:81/", "http://ada:b%C3%BC@xn--bcher-kva.example:81/"),
        ("https://b%C3%BCcher.example", "https://xn--bcher-kva.example"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://faß.example", "https://xn--fa-hia.example"),
        ("https://例え。テスト/あ", "https://xn--r8jz45g.xn--zckzah/あ"),
        ("https://日本語カナ.example", "https://xn--lck2c295sncbk91h.example"),
        ("https://מרכז.example", "https://xn--bebji4b.example"),
        ("https://مثال.إختبار/", "https://xn--mgbh0fb.xn--kgbechtv/"),
        ("https://пример.example", "https://xn--e1afmkfd.example"),
        ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/"),
    ])
    func `a host of other letters becomes ASCII, and all else stays`(url: String, expected: String) throws {
        #expect(try WebLink.ascii(url) == expected)
        #expect(try WebLink.ascii(expected) == expected)
    }

    private static let label = String(repeating: "ü", count: 60)

    @Test(arguments: [
        ("https://a..example", "empty label"), ("https://.example", "empty label"),
        ("https://bücher..example", ""),
        ("https://\(String(repeating: "a", count: 64)).example", "more than 63"),
        ("https://\(label).example", ""),
        ("https://\(String(repeating: "abcdefg.", count: 32))example", "longer than 253"),
        // Cyrillic а and о, Greek ο, each within Latin letters; the second one is encoded already.
        ("https://аcme.example", "several alphabets"), ("https://xn--cme-5cd.example", "several alphabets"),
        ("https://g\u{3BF}ogle.example", "several alphabets"),
        ("https://\u{3BF}\u{430}.example", "several alphabets"),
        // Letters that run from right to left beside others.
        ("https://אa.example", ""), ("https://1א.example", ""),
        ("https://a%2Fb.example", "a character that no host has"),
        ("https://a%zz.example", "encodes nothing"),
        ("https://a b.example", "a character"), ("https://a\\b.example", "a character"),
        ("https://[x/]", "a character"), ("https://ac\u{202E}me.example", ""),
        ("https://ac／me.example", "no letter, digit or hyphen"), ("https://a℀b.example", "no letter"),
        ("https://💩a\u{200D}.example", ""), ("https://xn--a.example", ""), ("https://-ü.example", ""),
    ])
    func `what can be no host is refused`(url: String, reason: String) throws {
        let problem = try #require(throws: ValueProblem.self) { try WebLink.ascii(url) }
        #expect(problem.reason.hasPrefix("has ") && problem.reason.contains(reason), "\(problem)")
    }

    @Test(arguments: [
        ("https://acme.example/\u{301}x", "acme.example"),
        ("https://acme.example?@evil.example", "acme.example"),
        ("https://acme.example#@evil.example", "acme.example"),
        ("https://acme.example@evil.example/", "evil.example"),
        ("https://a@b@c.example:8/", "c.example"), ("https://[::1]:80/", "[::1]"), ("http://", ""),
    ])
    func `a host ends where programs end it`(url: String, host: String) throws {
        let link = try #require(WebLink(url))
        #expect(link.host == host && link.text == url)
    }

    @Test(arguments: [
        ("http://xn--bcher-kva.example/stra%C3%9Fe", "http://bücher.example/straße"),
        ("http://acme.example/%FF", "http://acme.example/%FF"),
        ("mailto:%C3%BC@a.example", "mailto:ü@a.example"),
    ])
    func `a link is read as people write it`(url: String, expected: String) {
        #expect(WebLink.readable(url) == expected)
    }
}
