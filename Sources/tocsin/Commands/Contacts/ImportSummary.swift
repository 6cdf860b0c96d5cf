import Broadcast
import Storage

/// What an import did, for people and for programs.
struct ImportSummary: Encodable {
    let order: ContactImport
    let report: ImportReport
    /// What another import of the same columns needs on its command line, with a blank before it.
    let options: String

    private enum Key: String, CodingKey { case file, isDryRun = "dryRun" }

    func encode(to encoder: any Encoder) throws {
        try report.encode(to: encoder)
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(order.path, forKey: .file)
        try container.encode(order.isDryRun, forKey: .isDryRun)
    }

    func show(on output: Output) {
        let attributes =
            report.attributes.isEmpty ? "" : ", attributes \(report.attributes.joined(separator: ", "))"
        output.say(
            Plain.text(
                "\(order.path): \(report.encoding), delimiter \(report.delimiter)\(attributes)", limit: 500))
        for line in oddities { output.say(Plain.text(line, limit: 1000)) }
        for line in consequences { output.say(line) }
        if output.isJSON { output.result(json: self) } else { output.result(counts) }
        if order.isDryRun { output.say("dry run: nothing was written") }
    }

    private var oddities: [String] {
        var lines = report.warnings.map { "warning: \(order.path):\($0.line): \($0.message)" }
        if report.warningCount > lines.count {
            lines.append(
                "and \(CountText.text(report.warningCount - lines.count, "more warning", "more warnings"))")
        }
        lines += report.rejections.map { "rejected: \(order.path):\($0.line): \($0.reason)" }
        if report.rejected > report.rejections.count {
            let rest = report.rejected - report.rejections.count
            lines.append("and \(CountText.text(rest, "more rejected row", "more rejected rows"))")
        }
        return lines
    }

    private var counts: String {
        var words = [
            (report.added, "added"), (report.changed, "changed"), (report.unchanged, "unchanged"),
            (report.rejected, "rejected"),
        ].map { "\(CountText.grouped($0)) \($1)" }
        if report.warningCount > 0 {
            words.append(CountText.text(report.warningCount, "warning", "warnings"))
        }
        return "\(CountText.text(report.rows, "row", "rows")): \(words.joined(separator: ", "))"
    }

    private var consequences: [String] {
        var lines: [String] = []
        if report.consentWithdrawn > 0 {
            lines.append(
                "consent of \(report.consentWithdrawn) falls: it was given for an address that is another now"
            )
        }
        if let path = report.rejectedPath {
            lines.append("\(Plain.text(path)) holds the rejected rows and why: mend them there, and then")
            lines.append(
                Paragraph.command(
                    Plain.text("  tocsin contacts import \(ShellWord.of(path))\(options)", limit: 2000)))
        }
        return lines
    }
}

extension CommandFailure {
    /// What an error of a list means for an import, of which nothing was done.
    init(_ error: ContactListError, of order: ContactImport) {
        if let store = error.store {
            self.init(store)
            return
        }
        let exit: ExitCode =
            switch error.code {
            case .missing, .unreadable: .notFound
            case .malformed, .columns, .row: .badContent
            case .unwritable, .store: .storeFailed
            }
        let lines = ([error] + error.others).flatMap { error in
            let place = error.line.map { "\(error.path):\($0)" } ?? error.path
            return error.reason.split(separator: "\n").map { Plain.text("\(place): \($0)", limit: 1000) }
        }
        self.init(exit, lines: lines + Self.rest(of: error, order))
    }

    private static func rest(of error: ContactListError, _ order: ContactImport) -> [String] {
        guard error.code == .row else { return ["nothing was changed"] }
        var lines: [String] = []
        let more = error.badRows - error.others.count - 1
        if error.isCutShort {
            lines.append("and \(more) more bad rows; what comes after them was not read")
        } else if more > 0 {
            lines.append("and \(CountText.text(more, "more bad row", "more bad rows"))")
        }
        let these = error.badRows == 1 ? "this one" : "these"
        lines.append(
            "nothing was changed; --skip-invalid imports the others and writes \(these) to "
                + Plain.text(order.rejectedPath))
        return lines
    }
}
