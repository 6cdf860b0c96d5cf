import Testing
import Wire

struct RequestTests {
    @Test(arguments: [
        ("X-A", "b", true), ("X-A", "tab\there", true), ("X-A", "größe", true), ("X-A", "", true),
        ("", "b", false), ("X A", "b", false), ("X:A", "b", false), ("X\r\nA", "b", false), ("Ä", "b", false),
        ("X-A", "b\r\nEvil: yes", false), ("X-A", "b\u{0}", false), ("X-A", "b\u{7F}", false),
    ])
    func `a header field holds no second one`(name: String, value: String, isValid: Bool) {
        #expect((HeaderField(name, value) != nil) == isValid)
    }

    @Test func `a reply's header is found whatever its case`() throws {
        let reply = HTTPReply(
            status: 429,
            headers: [
                try #require(HeaderField("Retry-After", "7")), try #require(HeaderField("retry-after", "9")),
            ])
        #expect(reply.header("RETRY-AFTER") == "7")
        #expect(reply.header("Date") == nil)
    }
}
