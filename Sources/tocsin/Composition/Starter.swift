import Foundation

/// What `init` lays down: the files of the repository's own `templates/` and its example configuration, built in.
enum Starter {
    /// One file of a new working folder.
    struct File {
        /// Relative to the folder.
        let path: String
        let bytes: [UInt8]
    }

    /// Every file, in the order they are made.
    static let files: [File] = [
        File(path: "channels.json", bytes: PackageResources.channels_example_json),
        File(path: "templates/layouts/email.html", bytes: PackageResources.layouts_email_html),
        File(path: "templates/outage/message.md", bytes: PackageResources.outage_message_md),
        File(path: "templates/outage/message.it.md", bytes: PackageResources.outage_message_it_md),
        File(path: "templates/resolved/message.md", bytes: PackageResources.resolved_message_md),
        File(path: "templates/resolved/message.it.md", bytes: PackageResources.resolved_message_it_md),
        File(path: "templates/campaign/message.md", bytes: PackageResources.campaign_message_md),
        File(path: "templates/campaign/message.it.md", bytes: PackageResources.campaign_message_it_md),
    ]

    /// Writes one file unless it stands already; returns whether it was written.
    ///
    /// - Throws: `notFound` with the path when the folder cannot be made or written.
    static func write(_ file: File, into folder: URL) throws(CommandFailure) -> Bool {
        let target = folder.appending(path: file.path)
        if FileManager.default.fileExists(atPath: target.path) { return false }
        do {
            try FileManager.default.createDirectory(
                at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(file.bytes).write(to: target, options: .withoutOverwriting)
            return true
        } catch {
            throw CommandFailure(
                .notFound, "\(Plain.text(target.path)) cannot be written: \(obstacle(to: target))")
        }
    }

    /// Why a file cannot be made, as far as can be seen, and what to do.
    private static func obstacle(to target: URL) -> String {
        var place = target.deletingLastPathComponent().standardizedFileURL
        while place.path != "/" {
            let facts = try? FileManager.default.attributesOfItem(atPath: place.path)  // else the one above
            if let type = facts?[.type] as? FileAttributeType {
                let name = Plain.text(place.path)
                return type == .typeDirectory
                    ? "may you write into \(name), and has the disk room? Else name another folder"
                    : "\(name) is no folder; name another one"
            }
            place.deleteLastPathComponent()
        }
        return "name another folder"
    }
}
