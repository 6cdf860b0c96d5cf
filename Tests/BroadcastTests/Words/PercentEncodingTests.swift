import Broadcast
import Testing

struct PercentEncodingTests {
    @Test(arguments: [
        ("aZ09-._~", "aZ09-._~"), ("a b", "a%20b"), ("a+b?c&d=e%", "a%2Bb%3Fc%26d%3De%25"), ("è", "%C3%A8"),
        ("", ""),
    ])
    func `a component holds unreserved characters only`(text: String, encoded: String) {
        #expect(PercentEncoding.component(text) == encoded)
    }
}
