import Broadcast

/// Every form of one template in one locale.
struct Variant: Sendable {
    /// BCP 47.
    let locale: String
    let subject: Program
    let body: BodyText
    let layout: Program
    /// The short form of front matter or `sms.txt`.
    let sms: Program?
    /// Whether ``sms`` is of `sms.txt`, whose lines stay.
    let hasShortLines: Bool
    let mailHTML: Program?
    let mailText: Program?
    let telegram: Program?
    let webhook: JSONTemplate?
    let enclosures: Enclosures
    let origin: VariantOrigin
}

extension Variant {
    /// One message for one reader.
    func render(_ form: ContentForm, for reader: Reader) throws(RenderProblem) -> RenderedContent {
        let forms = try forms(form, for: reader)
        do throws(UnfitValue) {
            return try content(form, forms, reader)
        } catch {
            throw RenderProblem(.valueUnfit, form, error.description)
        }
    }

    /// Every value the reader lacks for this form, each once.
    func unfit(_ form: ContentForm, for reader: Reader) -> [UnfitValue] {
        guard let forms = try? forms(form, for: reader) else { return [] }
        var unfit: [UnfitValue] = []
        for program in programs(form, forms) {
            program.collectUnfit(for: reader, parts: forms.parts, into: &unfit)
        }
        if form == .webhook { webhook?.collectUnfit(for: reader, parts: forms.parts, into: &unfit) }
        var seen = Set<UnfitValue>()
        return unfit.filter { seen.insert($0).inserted }
    }

    private func forms(_ form: ContentForm, for reader: Reader) throws(RenderProblem) -> DerivedForms {
        do throws(MarkdownTooDeep) {
            return try body.forms(for: reader)
        } catch {
            throw RenderProblem(.tooComplex, form, "the text nests deeper than \(MarkdownReader.maxDepth)")
        }
    }

    /// What a form is made of, subject first.
    private func programs(_ form: ContentForm, _ forms: DerivedForms) -> [Program] {
        switch form {
        case .email: [subject, mailText ?? forms.mailText, mailHTML ?? layout]
        case .sms: [subject, sms ?? forms.sms]
        case .telegram: [subject, telegram ?? forms.telegram]
        case .webhook: [subject, forms.text, forms.fragment]
        }
    }

    /// The text of an SMS without what a value leaves that is empty.
    func short(_ text: [UInt8]) -> [UInt8] {
        (hasShortLines ? text : text.inOneLine).withoutBlanksAround
    }

    private func content(
        _ form: ContentForm, _ forms: DerivedForms, _ reader: Reader
    ) throws(UnfitValue) -> RenderedContent {
        var texts: [[UInt8]] = []
        for program in programs(form, forms) {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(program.bytes.count + 1_024)
            try program.append(to: &bytes, for: reader, parts: forms.parts)
            texts.append(form == .sms ? short(bytes) : bytes)
        }
        // One line, whatever a value leaves that is empty.
        texts[0] = texts[0].inOneLine.withoutBlanksAround
        let json = form == .webhook ? try webhook?.filled(for: reader, parts: forms.parts) : nil
        let html = texts.count > 2 ? texts[2] : []
        return RenderedContent(
            form: form, locale: locale, title: texts[0], text: texts[1], html: html, json: json
        ).enclosing(enclosures)
    }
}
