/// One reader of untrusted bytes, and the laws that hold whatever the bytes are.
///
/// ``all`` are run by libFuzzer (`scripts/fuzz`), and over their seeds by the tests.
struct FuzzTarget: Sendable {
    /// Names the folder of its seeds too.
    let name: String
    /// Reads the bytes: the law that was broken, or nil.
    ///
    /// A trap is a finding as well.
    let run: @Sendable ([UInt8]) -> String?

    init(_ name: String, _ run: @escaping @Sendable ([UInt8]) -> String?) {
        self.name = name
        self.run = run
    }

    /// Every target, by what it reads.
    static let all = [
        list, configuration, template, mailReply, httpReply, retryAfter, audience, json, address, proof,
        inert,
    ]

    /// The target called `name`; nil when there is none.
    static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}
