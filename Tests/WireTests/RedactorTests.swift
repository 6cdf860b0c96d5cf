import Testing
import Wire

struct RedactorTests {
    @Test(arguments: [
        ("token is s3cr&t/ä\"x!", "as it is"),
        ("https://x/?k=s3cr%26t%2F%C3%A4%22x%21", "percent-encoded"),
        ("https://x/?k=s3cr%26t%2f%c3%a4%22x%21", "percent-encoded in lower case"),
        (#"{"k":"s3cr&t/ä\"x!"}"#, "in JSON"),
        (#"{"k":"s3cr&t\/ä\"x!"}"#, "in JSON with escaped slashes"),
        (#"{"k":"s3cr&t/\u00e4\"x!"}"#, "in ASCII JSON"),
        (#"{"k":"s3cr&t\/\u00E4\"x!"}"#, "in ASCII JSON, upper case"),
        ("Basic czNjciZ0L8OkIngh", "in base64"),
        ("token is s3cr&t/Ã¤\"x!", "misread as Latin-1"),
        (#"{"k":"s3cr&t/\u00c3\u00a4\"x!"}"#, "misread as Latin-1, in ASCII JSON"),
        ("https://x/?k=s3cr%26t%2F%C3%83%C2%A4%22x%21", "misread as Latin-1, percent-encoded"),
        ("s3cr&t/Ã\u{83}Â¤\"x!", "misread twice"),
        ("https://x/?k=s3cr%26t%2F%E4%22x%21", "in Latin-1, percent-encoded"),
        (#"{"k":"s3cr\u0026t/ä\u0022x!"}"#, "in JSON that is safe in HTML"),
        ("s3cr&amp;t/ä&quot;x!", "in HTML"), ("s3cr&amp;t/ä\"x!", "in HTML between tags"),
        ("s3cr&amp;t/&#228;&#34;x!", "in ASCII HTML"), ("s3cr&#38;t/&#xE4;&#x22;x!", "in hexadecimal HTML"),
        ("s3cr&#038;t&#x2F;&auml;&quot;x!", "in HTML by names"),
        ("s3cr&amp;t/Ã¤&quot;x!", "misread as Latin-1, in HTML"),
        ("s3cr&amp;t/&Atilde;&curren;&quot;x!", "misread as Latin-1, in HTML by names"),
        ("s3cr&t/?\"x!", "with a question mark for a character"),
        ("s3cr&t/??\"x!", "with a question mark for each byte"),
        ("s3cr&t/\u{FFFD}\"x!", "with a replacement for a character"),
        ("s3cr&t/\u{FFFD}\u{FFFD}\"x!", "with a replacement for each byte"),
        ("s3cr&amp;t/\u{FFFD}\u{FFFD}&quot;x!", "with replacements, in HTML"),
        ("s3cr&t/Ã€\"x!", "misread as Latin-9"), ("s3cr&t/├ñ\"x!", "misread in an old terminal"),
        ("s3cr&t/\"x!", "without what is not ASCII"),
        ("S3CR&T/Ä\"X!", "in capitals"), ("S3CR&AMP;T/Ä&QUOT;X!", "in capitals, in HTML"),
        ("s3cr&amp;amp;t/&amp;auml;&amp;quot;x!", "in HTML twice"),
        ("s3cr&amp;amp;t/ä&amp;#34;x!", "in HTML twice, by number"),
        (#"{"k":"{\"k\":\"s3cr&t\\/\\u00e4\\\"x!\"}"}"#, "in JSON within JSON"),
        (#"{&quot;k&quot;:&quot;s3cr&amp;t\/ä\&quot;x!&quot;}"#, "in JSON within HTML"),
        ("s\03\0c\0r\0&\0t\0/\0?\0\"\0x\0!\0", "in UTF-16"),
    ])
    func `a secret is hidden in every form`(text: String, form: String) {
        let clean = Redactor([Secret("s3cr&t/ä\"x!")]).redacted(text)
        #expect(clean.contains(Redactor.placeholder), Comment(rawValue: form))
        #expect(!clean.contains("s3cr") && !clean.contains("czNj") && !clean.contains("x!"))
    }

    @Test(arguments: ["&lt;", "&lt", "&am;p", "\\\\", "%25", "a+b c", "&#x26;", "?&?"])
    func `a secret that looks encoded is hidden as it is, too`(part: String) {
        let secret = "s3\(part)cr3t"
        #expect(Redactor([Secret(secret)]).redacted("said \(secret).") == "said [secret].")
    }

    @Test(arguments: [
        ("it is %73", "it is %73"), ("said hidd%", "said [secret]"), ("said h&#105;", "said [secret]"),
        ("said h&#1", "said [secret]"), ("said h&#1 more", "said h&#1 more"),
        ("said \\u006", "said [secret]"),
        ("was there a b\u{FC}? no", "was there a b\u{FC}? no"), ("why? why?? why???", "why? why?? why???"),
    ])
    func `what only looks like an encoded secret stays, but for the beginning of one at the end`(
        text: String, shown: String
    ) {
        #expect(Redactor([Secret("hidden"), Secret("büäö")]).redacted(text) == shown)
    }

    @Test(arguments: ["&", "%", "\\", "\\u005C", "&#", "&#97;", "%41", "?", "\u{FFFD}", "ab"])
    func `a text that goes on beginning a secret is read to its end`(piece: String) {
        let text = String(repeating: piece, count: 500)
        let clean = Redactor([Secret(String(repeating: piece, count: 50) + "end")]).redacted(text)
        #expect(clean.hasPrefix(piece + piece) && clean.hasSuffix(piece + Redactor.placeholder))
    }

    @Test(arguments: [
        "pa\u{E2}\u{82}\u{AC}\u{C3}\u{81}ss word", "pa\u{E2}\u{201A}\u{AC}\u{C3}\u{81}ss word",
    ])
    func `a secret that was read as Latin-1 or Windows-1252 is hidden whole`(text: String) {
        #expect(Redactor([Secret("pa€Áss")]).redacted("you said \(text)") == "you said [secret] word")
    }

    @Test(arguments: ["a", "ab", "abc", "abcd", "anna.maria@example.org"])
    func `a password is hidden in the base64 of any login`(username: String) {
        let password = "correct horse battery"
        let login = Self.base64("\(username):\(password)")
        let plain = Self.base64("\u{0}\(username)\u{0}\(password)")
        let clean = Redactor([Secret(password)]).redacted(
            "Authorization: Basic \(login), AUTH PLAIN \(plain)")
        #expect(!clean.contains(login) && !clean.contains(plain))
        #expect(clean.split(separator: Redactor.placeholder, omittingEmptySubsequences: false).count == 3)
    }

    @Test func `the longest secret is hidden whole when one begins with another`() {
        let redactor = Redactor([Secret("abc"), Secret("abcdef")])
        #expect(redactor.redacted("x abcdef y abc z") == "x [secret] y [secret] z")
    }

    @Test func `what we made ourselves loses its secrets, and no other byte nor its end`() {
        let redactor = Redactor([Secret("hidden")])
        let odd: [UInt8] = [0, 0xFF, 0xC3, 0]
        let clean = redactor.redacted(whole: odd + Array("hid\0den HIDDEN hidd".utf8) + odd.dropLast())
        #expect(clean == odd + Array("hid\0den [secret] hidd".utf8) + odd.dropLast())
        #expect(redactor.redacted(whole: Array("hidd".utf8)) == Array("hidd".utf8))
        #expect(redactor.redacted(whole: Array("hidden".utf8)) == Array("[secret]".utf8))
    }

    @Test(arguments: [
        ("you said hidden", "you said [secret]"), ("you said hidd", "you said [secret]"),
        ("you said hid", "you said hid"), ("hidd away", "hidd away"), ("hiddenhidde", "[secret][secret]"),
    ])
    func `the beginning of a secret at a cut end is hidden too`(text: String, shown: String) {
        #expect(Redactor([Secret("hidden")]).redacted(text) == shown)
    }

    @Test(arguments: Array(0...20))
    func `a text is cut only when its secrets are gone, so that other words may follow`(limit: Int) {
        let shown = Redactor([Secret("hidden")]).redacted("said hidden away", atMost: limit) + " (critical)"
        let kept = (6...12).contains(limit) ? 5 : limit
        #expect(shown == "said [secret] away".prefix(kept) + " (critical)")
    }

    @Test(arguments: [Redactor.none, Redactor([Secret("")])])
    func `without secrets a text stays as it is`(redactor: Redactor) {
        #expect(redactor.redacted("näïve 🎈") == "näïve 🎈")
    }

    @Test func `a secret never shows in a description`() {
        var dumped = ""
        dump(Secret("hidden"), to: &dumped)
        #expect(!"\(Secret("hidden")) \(String(reflecting: Secret("hidden"))) \(dumped)".contains("hidden"))
    }

    private static func base64(_ text: String) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var result = ""
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let number = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for index in 0...3 {
                result.append(index <= group.count ? alphabet[number >> (18 - 6 * index) & 63] : "=")
            }
        }
        return result
    }

    @Test func `a route that is printed or dumped shows no secret, not even as bytes`() {
        let route = Route(name: "r", redactor: Redactor([Secret("hunter22")]))
        var dumped = ""
        dump(route, to: &dumped)
        for text in [dumped, "\(route)", String(reflecting: route)] {
            #expect(!text.contains("hunter22") && !text.contains("104, 117, 110") && !text.contains("104\n"))
        }
    }
}
