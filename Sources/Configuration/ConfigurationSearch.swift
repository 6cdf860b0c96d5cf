/// Where the configuration is looked for.
public enum ConfigurationSearch {
    /// The file used when nothing is named, in the working directory.
    public static let usual = "channels.json"
    /// The file used when there is none in the working directory.
    public static let systemWide = "/etc/tocsin/channels.json"

    /// The file to read: as named, else the first that exists; nil when there is none.
    ///
    /// A file that is named is taken whether it exists or not, so that a typing slip is told and nothing else is used.
    public static func path(
        named option: String?, environment: String?, exists: (String) -> Bool
    ) -> String? {
        for named in [option, environment] {
            if let named, !named.isEmpty { return named }
        }
        return [usual, systemWide].first(where: exists)
    }
}
