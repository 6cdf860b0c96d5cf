/// Links in an author's own HTML that would run code or carry a whole document: no mail program follows them, and
/// filters take a message with one for an attack.
enum ScriptLinks {
    /// What is wrong, each with its line.
    static func problems(in source: Source) -> [TemplateProblem] {
        let shape =
            /(?i)[\s"'](href|src|action|formaction|background)\s{0,20}=\s{0,20}["']?\s{0,20}((javascript|vbscript|data):[^"'>]{0,200})/
        let text = String(decoding: source.text, as: UTF8.self)
        return text.matches(of: shape).compactMap { match in
            // Most programs show no picture that is written out in its link, which `check` says; no harm is in it.
            let isPicture =
                ["src", "background"].contains(match.1.lowercased()) && match.3.lowercased() == "data"
            guard !isPicture else { return nil }
            let line = source.line(of: Array(match.2.utf8))
            let what = "“\(match.2.prefix(60))” is no https, http, mailto or tel link"
            return TemplateProblem(.valueUnsafe, Place(file: source.file, line: line), what)
        }
    }
}
