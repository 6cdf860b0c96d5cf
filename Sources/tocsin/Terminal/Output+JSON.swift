import Foundation

extension Output {
    /// A result as JSON on standard output: sorted keys, times as RFC 3339 in UTC.
    func result(json value: some Encodable) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        do {
            result(bytes: Array(try encoder.encode(value)) + [UInt8(ascii: "\n")])
        } catch {
            say("the result cannot be written as JSON: \(error)")
        }
    }
}
