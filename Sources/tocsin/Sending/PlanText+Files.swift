import Broadcast

extension PlanText {
    /// What goes along, and where it does not.
    var files: String {
        guard !plan.attachments.isEmpty else { return "" }
        let list = plan.attachments.sorted { $0.key < $1.key }.map { path, file in
            "\(path) (\(ByteText.of(file.size)))"
        }
        let head = Paragraph.folded(Plain.text("Files: \(list.joined(separator: ", "))", limit: 2_000))
        return ([head] + fileLines).joined(separator: "\n")
    }

    private var fileLines: [String] {
        plan.channels.compactMap { channel in
            let sent =
                channel.fileBytes > 0
                ? [
                    "\(ByteText.of(channel.fileBytes)) in all\(channel.isSlowedByFiles ? ", at 100 Mbit/s each" : "")"
                ] : []
            let list = channel.leftFiles.sorted { $0.key < $1.key }.map { name, count in
                let share = "\(CountText.grouped(count)) of \(CountText.grouped(channel.queued))"
                return count == channel.queued ? name : "\(name) (\(share))"
            }
            let parts = sent + (list.isEmpty ? [] : ["sent without \(list.joined(separator: ", "))"])
            guard !parts.isEmpty else { return nil }
            return Paragraph.hanging(
                "  \(channel.facts.name): ", Plain.text(parts.joined(separator: "; "), limit: 2_000))
        }
    }
}
