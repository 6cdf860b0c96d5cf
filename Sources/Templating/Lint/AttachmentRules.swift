import Broadcast

/// Files that would not arrive, or not be what they seem.
enum AttachmentRules {
    /// Endings of programs and of what can hide them.
    ///
    /// Source: https://support.google.com/mail/answer/6590 (“Blocked file types”, 2026-11).
    private static let refused: Set<String> = [
        "ade", "adp", "apk", "appx", "appxbundle", "bat", "cab", "chm", "cmd", "com", "cpl", "diagcab",
        "diagcfg", "diagpkg", "dll", "dmg", "ex", "ex_", "exe", "hta", "img", "ins", "iso", "isp", "jar",
        "jnlp", "js", "jse", "lib", "lnk", "mde", "mjs", "msc", "msi", "msix", "msixbundle", "msp", "mst",
        "nsh", "pif", "ps1", "scr", "sct", "shb", "sys", "vb", "vbe", "vbs", "vhd", "vxd", "wsc", "wsf",
        "wsh", "xll",
    ]

    /// What is worth changing in the files of one language.
    static func findings(_ variant: Variant) -> [TemplateProblem] {
        let front = variant.origin.front.values
        let files = zip(front.attachments, variant.enclosures.files).flatMap { entry, attachment in
            mistyped(entry, attachment) + blocked(entry) + misled(entry)
        }
        guard let entry = front.image, let image = variant.enclosures.image else { return files }
        return files + mistyped(entry, image) + unseen(entry, image, variant)
    }

    private static func mistyped(_ entry: AttachmentEntry, _ attachment: Attachment) -> [TemplateProblem] {
        guard let promised = FileType.promised(by: entry.name), promised != attachment.file.type else {
            return []
        }
        let isText = attachment.file.type == FileType.unknown && FileType.isText(promised)
        let found =
            isText
            ? "is no UTF-8 text; save it as UTF-8"
            : "holds \(attachment.file.type); rename it, or replace it"
        let what = "\(entry.name) is called like \(promised), and \(found)"
        return [TemplateProblem(.attachmentMistyped, entry.place, what)]
    }

    private static func blocked(_ entry: AttachmentEntry) -> [TemplateProblem] {
        let endings = [entry.file, entry.name].map(AttachmentName.ending)
        guard let ending = endings.first(where: refused.contains) else { return [] }
        let what =
            "mail providers refuse .\(ending) files, and the whole mail with them; put it onto a page, and link to it"
        return [TemplateProblem(.attachmentRefused, entry.place, what)]
    }

    private static func misled(_ entry: AttachmentEntry) -> [TemplateProblem] {
        guard let finding = entry.url.flatMap(LinkRules.finding) else { return [] }
        return [TemplateProblem(finding.code, entry.place, finding.what)]
    }

    private static func unseen(
        _ entry: AttachmentEntry, _ image: Attachment, _ variant: Variant
    ) -> [TemplateProblem] {
        var findings: [TemplateProblem] = []
        if let own = variant.mailHTML, !own.uses(.content), let source = variant.origin.source(.mailHTML) {
            let what =
                "\(source.file) shows no {{{content}}}, where the image would stand: it goes as an attachment"
            findings.append(TemplateProblem(.imageUnseen, entry.place, what))
        }
        if image.file.pixels == nil {
            let what = "\(entry.file) does not say how large it is, and may show nowhere; save it anew"
            findings.append(TemplateProblem(.imageUnseen, entry.place, what))
        }
        if image.file.type == "image/webp" {
            // Source: https://www.caniemail.com/features/image-webp/ (2026-11).
            let what = "Outlook and other mail programs show no WebP; use a PNG or a JPEG"
            findings.append(TemplateProblem(.imageUnseen, entry.place, what))
        }
        return findings
    }
}

extension CompiledTemplate {
    /// The languages whose files alone are more than a mail of `limit` bytes holds, each with the line of the largest.
    public func oversizedFiles(forMailsOf limit: Int) -> [TemplateProblem] {
        var seen: Set<TemplateProblem> = []
        return variants.compactMap { variant in
            let front = variant.origin.front.values
            let files = Array(
                zip(
                    front.attachments + [front.image].compactMap(\.self),
                    variant.enclosures.files + [variant.enclosures.image].compactMap(\.self)))
            let sum = files.reduce(0) { $0 + $1.1.mailBytes }
            guard sum > limit, let largest = files.max(by: { $0.1.file.size < $1.1.file.size }) else {
                return nil
            }
            let (all, most, excess) = (
                CountText.grouped(sum), CountText.grouped(limit), CountText.grouped(sum - limit)
            )
            let what =
                "the files take \(all) bytes of a mail, \(excess) more than the \(most) allowed (maxBytes); "
                + "make \(largest.0.file) smaller, or link to it"
            return TemplateProblem(.fileTooLarge, largest.0.place, what)
        }.filter { seen.insert($0).inserted }
    }
}
