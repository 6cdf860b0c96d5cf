internal import Foundation

/// Lists as one bound parameter, for `json_each`.
enum JSONText {
    /// The JSON array of `texts`.
    static func array(_ texts: [String]) -> String {
        let encoded = try? JSONEncoder().encode(texts)
        return encoded.map { String(decoding: $0, as: UTF8.self) } ?? "[]"
    }
}
