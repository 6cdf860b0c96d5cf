import Foundation

/// The name of a time zone in the IANA database, such as `Europe/Rome`.
public enum ZoneName {
    /// The name itself when there is such a zone.
    ///
    /// - Throws: for abbreviations (`IST` is three zones) and offsets (they know no summer), with the nearest name.
    public static func checked(_ text: String) throws(ValueProblem) -> String {
        if known.contains(text) || text == "UTC" { return text }
        // Links such as `US/Pacific` and `Etc/UTC` work but are not listed.
        let isLinkShaped = text.contains("/") && text.utf8.count <= 64 && !text.contains("..")
        if isLinkShaped, TimeZone(identifier: text) != nil { return text }
        throw ValueProblem(
            .unknown, "is no time zone", expected: "an IANA name such as Europe/Rome",
            nearest: nearest(to: text))
    }

    private static let known = Set(TimeZone.knownTimeZoneIdentifiers)

    private static func nearest(to text: String) -> String? {
        guard text.utf8.count <= 64 else { return nil }
        let city = "/" + text.lowercased().replacing(" ", with: "_")
        let byCity = known.filter { $0.lowercased().hasSuffix(city) }.min()
        return byCity ?? NearestName.of(text, in: known)
    }
}
