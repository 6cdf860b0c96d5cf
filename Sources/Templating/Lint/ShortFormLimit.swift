public import Broadcast

extension CompiledTemplate {
    /// The languages whose SMS is too long for `limits` of `channel` before any value of a reader stands in it.
    ///
    /// What may be cut is not too long.
    public func oversizedShortForms(
        for limits: ContentLimits, over channel: ChannelName
    ) -> [TemplateProblem] {
        guard let limit = limits.segments, limits.overflow == .refuse else { return [] }
        return variants.compactMap { variant in
            let segments = variant.leastSegments(transliterates: limits.transliterates)
            guard segments > limit else { return nil }
            let what =
                "the SMS in \(variant.locale) takes \(segments) segments before any value, \(segments - limit) more "
                + "than the \(limit) that \(channel) takes (maxSegments); "
                + (variant.sms == nil ? "write a short one, sms: …, into its front matter" : "shorten it")
            return TemplateProblem(.messageTooLarge, variant.origin.place(of: .sms), what)
        }
    }

    /// Where the text of `form` in `locale` stands, such as `outage/message.it.md:5`; nil when there is no such text.
    public func place(of form: ContentForm, in locale: String) -> String? {
        guard let place = variants.first(where: { $0.locale == locale })?.origin.place(of: form) else {
            return nil
        }
        return place.file + (place.line.map { ":\($0)" } ?? "")
    }
}

extension Variant {
    /// The segments of its shortest SMS, with nothing in place of each value.
    fileprivate func leastSegments(transliterates: Bool) -> Int {
        let forms = sms.map { [$0] } ?? body.judged.compactMap { try? body.forms(choice: $0).sms }
        let texts = forms.map { short($0.outline(hasValues: false) { _ in "" }) }
        return texts.map { text in
            SMSFitting(String(decoding: text, as: UTF8.self), transliterates: transliterates).length.segments
        }.min() ?? 0
    }
}

extension VariantOrigin {
    /// Where the text of `form` stands; without a line where it is a whole file.
    func place(of form: ContentForm) -> Place {
        let role: SourceRole =
            switch form {
            case .email: source(.mailHTML) == nil ? .mailText : .mailHTML
            case .sms: .sms
            case .telegram: .telegram
            case .webhook: .webhook
            }
        if let own = source(role) { return Place(file: own.file) }
        return form == .sms && front.values.sms != nil ? front.smsPlace : Place(file: file)
    }
}
